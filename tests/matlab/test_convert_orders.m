function test_convert_orders()
% Frames arrive as they are, in every order of the axes, in every class, and in chunks.
[frames, labels] = tiny_arrays(24, 1);
expected = reshape(frames, 20, 20, 1, 24);
nhw = permute(frames, [3 1 2]);
check(frames, labels, expected);
check(nhw, labels, expected);
check(expected, labels, expected, 'FrameOrder', 'HWCN');
check(permute(expected, [4 1 2 3]), labels, expected, 'FrameOrder', 'NHWC');
colour = repmat(expected, [1 1 3 1]);
colour(:, :, 2, :) = 7;
check(colour, labels, colour);
check(permute(colour, [4 1 2 3]), labels, colour);
check({frames}, {labels'}, expected);
check({frames}, labels, expected);

check(uint16(frames) * 257, labels, expected);
check(double(frames), labels, expected, 'PixelRange', [0 255]);
check(single(frames) / 255, labels, expected, 'PixelRange', [0 1]);
check(frames > 100, labels, uint8(expected > 100) * 255);

% One frame, where MATLAB drops the last axis.
report = touchtrain.convertArrays({frames(:, :, 1), frames}, {0, labels}, 'single');
expect_equal([report.recordings.frames], [1 24]);

% In pieces of three frames, and a last one of fewer.
for order = {'HWN', 'NHW', 'HWCN', 'NHWC'}
    piecewise(frames, labels, expected, order{1});
end
end

function check(frames, labels, expected, varargin)
report = touchtrain.convertArrays(frames, labels, 'set', varargin{:});
expect_equal(report.frames, 24);
expect_equal(read_frames(fullfile('set', [report.recordings.name '.frames.npy'])), expected);
end

function piecewise(frames, labels, expected, order)
axes = struct('HWN', [1 2 3], 'NHW', [3 1 2], 'HWCN', [1 2 4 3], 'NHWC', [3 1 2 4]);
stack = permute(frames(:, :, 1:22), axes.(order));
sizes = sprintf('%d,', size(stack));
options = touchtrain.internal.options.optionsJson({'FrameOrder', order});
opened = touchtrain.internal.python.askPython('convert_arrays_open', fullfile(pwd(), 'pieces'), options, ...
    touchtrain.internal.data.labelsForPython(labels(1:22), 1), ['[[' sizes(1:end - 1) ']]']);
touchtrain.internal.data.appendFrames(opened.token, 1, stack, opened.orders{1}, 3 * 400);
touchtrain.internal.python.askPython('convert_arrays_close', opened.token);
expect_equal(read_frames(fullfile('pieces', 'recording001.frames.npy')), expected(:, :, :, 1:22));
end
