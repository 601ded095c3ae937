function test_centers()
% Centres go to Python as lists, and in every form the region that was meant is cut out.
each = [32 24; 33 25; NaN 26];
forms = {'', 'null'; [], 'null'; [32 24], '[32,24]'; [32; 24], '[32,24]'; single([32 24]), '[32,24]'; ...
    each, '[[32,24],[33,25],[null,26]]'; each', '[[32,33,null],[24,25,26]]'; {[32 24]}, '[[[32,24]]]'; ...
    {[32 24], each(1:2, :)}, '[[[32,24]],[[32,24],[33,25]]]'; ...
    'centers.mat', jsonencode(fullfile(pwd(), 'centers.mat')); ...
    string_like('string', {'centers.mat'}), jsonencode(fullfile(pwd(), 'centers.mat'))};
for k = 1:size(forms, 1)
    pairs = touchtrain.internal.options.centersOption({'Roi', 21, 'centers', forms{k, 1}});
    expect_equal(touchtrain.internal.options.optionsJson(pairs), ['{"Roi":21,"centers":' forms{k, 2} '}']);
end
text = touchtrain.internal.options.optionsJson({'Centers', repmat({[500 * rand(2000, 2); NaN NaN]}, 1, 100)});
assert(numel(strfind(text, 'null')) == 200);

tiny_videos('videos');
file = fullfile('videos', 'second.mp4');
labels = repmat([0 1], 1, 20);
report = touchtrain.convertVideos(file, labels, 'whole', 'Verbose', false);
expect_equal(report.image_shape, [48 64 1]);
whole = read_frames(fullfile('whole', 'second.frames.npy'));

% 1 is the first column and row; a region that sticks out is shifted inside.
expect_equal(cut(file, labels, [9 31], [32; 24]), whole(24 - 4:24 + 4, 32 - 15:32 + 15, :, :));
expect_equal(cut(file, labels, 21, {[1 1]}), whole(1:21, 1:21, :, :));
centers = {repmat([64 48], 40, 1)}; %#ok<NASGU>
save('centers.mat', 'centers', '-v7');
expect_equal(cut(file, labels, 21, 'centers.mat'), whole(28:48, 44:64, :, :));

% One a frame, and NaN leaves a frame out.
moving = [linspace(20, 40, 40)' linspace(15, 30, 40)'];
moving(3, :) = NaN;
moving(40, 1) = NaN;
frames = cut(file, labels, 21, moving');
expect_equal(size(frames, 4), 38);
place = floor(moving(10, :) + 0.5);
expect_equal(frames(:, :, :, 9), whole(place(2) - 10:place(2) + 10, place(1) - 10:place(1) + 10, :, 10));

% One a video: a fixed one, and one a frame; or two fixed ones.
files = {fullfile('videos', 'first.avi'), file};
vectors = {[labels zeros(1, 8)], labels};
convert = @(centers) touchtrain.convertVideos(files, vectors, 'set', 'Roi', 21, 'Verbose', false, 'Centers', centers);
report = convert({[32 24], moving});
expect_equal([report.recordings.frames], [48 38]);
expect_equal(report.left_out_why.without_center, 2);
expect_equal(read_frames(fullfile('set', 'second.frames.npy')), frames);
report = convert({[32 24], [33 26]});
expect_equal(report.frames, 88);
expect_equal(read_frames(fullfile('set', 'second.frames.npy')), whole(26 - 10:26 + 10, 33 - 10:33 + 10, :, :));

bad = @(identifier, centers, varargin) expect_error(identifier, @() touchtrain.convertVideos(file, labels, 'bad', ...
    'Roi', 21, 'Verbose', false, 'Centers', centers), varargin{:});
moving(7, :) = [32 49];
bad('TouchTrain:OutOfFrame', moving, 'second', 'frame 7', '(32, 49)');
bad('TouchTrain:LengthMismatch', moving(1:6, :), 'second', '6', '40');
bad('TouchTrain:Unpaired', {[3 4], [3 4], [3 4]});
bad('TouchTrain:BadOption', [1 2 3], 'Centers');
bad('TouchTrain:BadOption', @sin, 'Centers');
bad('TouchTrain:PathMissing', 'nothing.mat', 'nothing.mat');
assert(~isfolder('bad'));
end

function frames = cut(file, labels, side, centers)
report = touchtrain.convertVideos(file, labels, 'set', 'Roi', side, 'Centers', centers, 'Verbose', false);
frames = read_frames(fullfile(report.path, 'second.frames.npy'));
end
