function test_convert_faults()
% What is wrong with arrays is told by identifier, and nothing half-written stays.
[frames, labels] = tiny_arrays(16, 1);
bad = @(identifier, varargin) expect_error(identifier, @() touchtrain.convertArrays(varargin{:}));
bad('TouchTrain:LengthMismatch', frames, labels(1:15), 'set');
bad('TouchTrain:LengthMismatch', frames, [], 'set');
bad('TouchTrain:LengthMismatch', {frames, frames}, {labels}, 'set');
bad('TouchTrain:LengthMismatch', {frames, frames}, labels, 'set');
bad('TouchTrain:BadLabels', frames, labels * 7, 'set');
bad('TouchTrain:BadLabels', frames, labels + 1, 'set');
bad('TouchTrain:BadLabels', frames, repmat({'Maybe'}, 1, 16), 'set');
bad('TouchTrain:BadLabels', frames, struct('a', 1), 'set');
bad('TouchTrain:BadFrames', [], labels, 'set');
bad('TouchTrain:BadFrames', {}, {}, 'set');
bad('TouchTrain:BadFrames', zeros(20, 20, 0), [], 'set');
bad('TouchTrain:BadFrames', 'frames', labels, 'set');
bad('TouchTrain:BadFrames', {frames, struct()}, {labels, labels}, 'set');
bad('TouchTrain:BadFrames', complex(double(frames), 1), labels, 'set', 'PixelRange', [0 255]);
notFinite = double(frames);
notFinite(3, 4, 5) = NaN;
bad('TouchTrain:BadFrames', notFinite, labels, 'set', 'PixelRange', [0 255]);
bad('TouchTrain:PixelRange', double(frames), labels, 'set');
expect_error('TouchTrain:PixelRange', ...
    @() touchtrain.convertArrays({frames, double(frames)}, {labels, labels}, 'set'), '2');
bad('TouchTrain:FrameOrder', repmat(uint8(5), [20 20 20]), repmat([0 1], 1, 10), 'set');
expect_error('TouchTrain:LengthMismatch', ...
    @() touchtrain.convertArrays(frames, labels, 'set', 'FrameOrder', 'NHW'), 'HWN');
bad('TouchTrain:FrameOrder', frames, labels, 'set', 'FrameOrder', 'HWCN');
bad('TouchTrain:BadOption', frames, labels, 'set', 'FrameOrder', 'sideways');
bad('TouchTrain:PathMissing', frames, labels, fullfile('missing', 'set'));
expect_error('TouchTrain:UnknownOption', ...
    @() touchtrain.convertArrays(frames, labels, 'set', 'PixelRnage', [0 1]), 'PixelRange');
expect_error('TouchTrain:BadOption', ...
    @() touchtrain.convertArrays(frames, labels, 'set', 'ClassNames', 'Touch', 'PixelRange', [3 1]), ...
    '2', 'ClassNames', 'PixelRange');
found = dir('set*');
assert(isempty(found), 'TouchTrain:Test', 'Left over: %s', strjoin({found.name}, ' '));

% A dataset that was there stays, and a conversion that was left does not.
touchtrain.convertArrays(frames, labels, 'set');
bad('TouchTrain:BadFrames', notFinite, labels, 'set', 'PixelRange', [0 255]);
record = touchtrain.inspect('set');
expect_equal(record.frames, 16);
found = dir('set*');
assert(numel(found) == 1 || all(strcmp({found.name}, 'set') | strncmp({found.name}, '.', 1)));
end
