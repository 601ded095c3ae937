function [frames, labels, names] = make_example_arrays(seed)
% MAKE_EXAMPLE_ARRAYS  Render short recordings of a whisker that touches a pole, with exact labels.
%
%   [FRAMES, LABELS, NAMES] = MAKE_EXAMPLE_ARRAYS() renders eight recordings. FRAMES is a cell array of uint8 arrays,
%   32x32xN, one per recording; LABELS is a cell array of row vectors, 1 for touch and 0 otherwise; NAMES is a cellstr.
%   ... = MAKE_EXAMPLE_ARRAYS(SEED) sets the random seed, default 1. The same seed gives the same frames.
%
%   The whisker is a dark curved line that sweeps back and forth, the pole a dark disc. Whenever the sweep reaches the
%   pole, the whisker stops there and bends more: this is a touch. The position of the pole varies between recordings.
%   The light flickers and drifts, and the frames contain noise.
%
%   See also run_demo, touchtrain.convertArrays
if nargin < 1
    seed = 1;
end
before = rng();
restore = onCleanup(@() rng(before)); %#ok<NASGU>
rng(seed);
lengths = [200 180 220 190 210 200 230 170];
frames = cell(1, numel(lengths));
labels = cell(1, numel(lengths));
names = cell(1, numel(lengths));
for k = 1:numel(lengths)
    [frames{k}, labels{k}] = drawRecording(lengths(k));
    names{k} = sprintf('whisker%02d', k);
end
end

function [frames, labels] = drawRecording(n)
% One recording: a pole on the right, and a whisker that enters from the left and sweeps down from above.
side = 32;
[x, y] = meshgrid(1:side, 1:side);
poleX = 19 + 5 * rand();
poleY = 17 + 4 * rand();
poleRadius = 2.8;
rootY = 11 + 3 * rand();

% Slope of the free whisker, and the slope at which the pole stops it.
curvature = 0.012 * (rand() - 0.5);
t = (0:n - 1) / n;
sweep = 0.5 * sin(2 * pi * ((4 + 2 * rand()) * t + rand())) + 0.12 * sin(2 * pi * (17 * t + rand()));
toPole = (poleY - rootY - curvature * poleX ^ 2) / poleX;
room = (poleRadius + 1) * hypot(1, toPole + 2 * curvature * poleX) / poleX;
stop = toPole - room;
free = stop + sweep;
beyond = max(0, free - stop);
slope = free - beyond;
labels = double(beyond ~= 0);

light = 150 + 25 * rand() + 12 * sin(2 * pi * (t + rand()));
gradient = 0.8 * (rand() - 0.5);
frames = zeros(side, side, n, 'uint8');
for k = 1:n
    image = light(k) * (1 + 0.02 * randn()) + gradient * (x - side / 2) + 3 * randn(side);
    pole = min(1, max(0, poleRadius + 0.5 - hypot(x - poleX, y - poleY)));
    image = image .* (1 - 0.65 * pole);
    % Free up to the pole, bent more behind it.
    behind = max(0, x - poleX);
    centre = rootY + slope(k) * x + curvature * x .^ 2 + 1.4 * beyond(k) * behind;
    width = 1.1 - 0.4 * x / side;
    whisker = min(1, max(0, width + 0.5 - abs(y - centre) / hypot(1, slope(k)))) .* (x < 30);
    image = image .* (1 - 0.55 * whisker);
    frames(:, :, k) = uint8(image);
end
end
