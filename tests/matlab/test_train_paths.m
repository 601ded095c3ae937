function test_train_paths()
% A network, a model to go on from and labels of others are found where MATLAB stands; a report has records.
% Trains a network.
tiny_set('set');
options = tiny_network();
mkdir('sub');
cd('sub');
write_text('net.py', sprintf('%s\n', 'import keras', 'def build(shape, n, settings):', ...
    '    layers = keras.layers', ...
    '    return keras.Sequential([keras.Input(shape), layers.Flatten(), layers.Dense(n, activation="softmax")])'));
write_text('anna.csv', sprintf('video,frame,label\n1,1,Touch\n1,2,NonTouch\n'));
modelPath = '';
history = [];
report = [];
evalc('[~, modelPath] = touchtrain.train(''../set'', ''first'', options{:}, ''Network'', ''net.py:build'')');
expect_equal(modelPath, fullfile(pwd(), 'first.h5'));
again = [options, {'InitialModel', 'first.h5', 'ConvolutionFilters', [2 2 2 2 2 2], 'ObjectiveMetricName', 'f1'}];
evalc('[history, ~, report] = touchtrain.train(''../set'', ''second'', again{:});');
expect_equal(size(history.val_f1), [1 2]);
rows = report.metrics.validation.recordings;
assert(isstruct(rows) && size(rows, 1) == 1 && ischar(rows(1).recording) && isfield(rows(1).events, 'Touch'));
assert(any(~cellfun(@isempty, strfind(report.warnings, 'ConvolutionFilters'))));

expect_error('TouchTrain:PathMissing', @() trained(options, 'InitialModel', 'gone.h5'), fullfile(pwd(), 'gone.h5'));
expect_error('TouchTrain:PathMissing', @() trained(options, 'Annotations', 'gone.mat'), fullfile(pwd(), 'gone.mat'));
expect_error('TouchTrain:PathMissing', @() trained(options, 'Annotations', struct('Anna', 'gone.mat')), ...
    fullfile(pwd(), 'gone.mat'));
expect_error('TouchTrain:BadOption', @() trained(options, 'Annotations', 3), 'struct');
expect_error('TouchTrain:BadOption', @() trained(options, 'Folds', 9, 'Annotations', 'anna.csv'), 'Folds', '9', '3');
expect_error('TouchTrain:BadOption', @() trained(options, 'FreezeConvolutions', true), 'InitialModel');
end

function trained(options, varargin)
touchtrain.train('../set', 'third', options{:}, varargin{:});
end

function write_text(file, text)
id = fopen(file, 'w');
fwrite(id, text, 'char');
fclose(id);
end
