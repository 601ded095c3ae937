function test_train_faults()
% What is wrong with a training is told before it starts.
expect_error('TouchTrain:PathMissing', @() touchtrain.train('nothing', 'model.h5'), 'nothing');
expect_error('TouchTrain:BadOption', @() touchtrain.train('nothing'), 'touchtrain.train(dataset, modelFile');
tiny_set('set');
expect_error('TouchTrain:PathMissing', @() touchtrain.train('set', fullfile('missing', 'model.h5')), 'missing');
expect_error('TouchTrain:UnknownOption', @() touchtrain.train('set', 'model.h5', 'MaxEpocs', 3), 'MaxEpochs');
expect_error('TouchTrain:UnknownOption', @() touchtrain.train('set', 'model.h5', 'Verbsoe', 3), 'Verbose');
expect_error('TouchTrain:BadOption', @() touchtrain.train('set', 'model.h5', 'MaxEpochs', 0, 'Plots', 'some'), ...
    '2', 'MaxEpochs', 'Plots');
expect_error('TouchTrain:BadOption', @() touchtrain.train('set', 'model.h5', 'Verbose', 'yes'), 'Verbose');
expect_error('TouchTrain:BadOption', @() touchtrain.train(3, 'model.h5'), 'dataset');
expect_error('TouchTrain:PathMissing', @() touchtrain.inspect('nothing.h5'), 'nothing.h5');

[frames, ~] = tiny_arrays(16, 1);
touchtrain.convertArrays(frames, zeros(1, 16), 'alike');
expect_error('TouchTrain:OneClass', @() touchtrain.train('alike', 'model.h5'), 'NonTouch');

% A set whose conversion was broken off.
[frames, labels] = tiny_arrays(16, 1);
opened = touchtrain.internal.python.askPython('convert_arrays_open', fullfile(pwd(), 'half'), '{}', labels, ...
    '[[20,20,16]]');
expect_error('TouchTrain:BadDataset', @() touchtrain.train('half', 'model.h5'), fullfile(pwd(), 'half'));
expect_error('TouchTrain:BadDataset', @() touchtrain.inspect('half'), fullfile(pwd(), 'half'));
touchtrain.internal.python.askPython('convert_arrays_append', opened.token, 1, frames);
touchtrain.internal.python.askPython('convert_arrays_close', opened.token);
record = touchtrain.inspect('half');
expect_equal(record.frames, 16);
assert(isempty(dir('model.h5')));
end
