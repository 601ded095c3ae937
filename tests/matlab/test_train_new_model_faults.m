function test_train_new_model_faults()
% Wrong parameters of the script are told at once, before anything is written.
[frames, labels] = tiny_arrays(16, 1);
bad = @(identifier, parameters, varargin) expect_error(identifier, ...
    @() run_script(parameters, frames, labels), varargin{:});
base = struct('processDirectory', 'work');
bad('TouchTrain:UnknownOption', with(base, 'modelNam', 'a'), 'modelName');
bad('TouchTrain:UnknownOption', with(base, 'MaxEpoch', 3), 'MaxEpochs');
bad('TouchTrain:BadOption', with(base, 'MaxEpochs', -1), 'MaxEpochs');
bad('TouchTrain:BadOption', with(base, 'TRAIN', 'yes'), 'TRAIN');
bad('TouchTrain:BadOption', with(base, 'labelOptionSelect', 5), 'from 1 to 4');
bad('TouchTrain:BadOption', with(base, 'labelOptionSelect', 'array'), 'arrays');
bad('TouchTrain:BadOption', with(base, 'classNames', {'Touch'}), 'ClassNames');
bad('TouchTrain:BadOption', with(base, 'jobName', 'a/b'), 'jobName');
bad('TouchTrain:BadOption', with(base, 'JobFolder', 'a'), 'jobName');
bad('TouchTrain:BadOption', 3, 'trainingParameters');
bad('TouchTrain:PathMissing', with(base, 'modelName', 'missing/model'), 'missing');
bad('TouchTrain:NotYet', with(base, 'trainOnCloud', true), 'trainOnCloud');
sources = {'labelsInFile', 'directoryClasses', 'numpy'};
for k = 1:3
    bad('TouchTrain:NotYet', with(base, 'labelOptionSelect', sources{k}), sources{k});
    bad('TouchTrain:NotYet', with(base, 'labelOptionSelect', k), sources{k});
end
several = with(with(with(base, 'TRAIN', 7), 'MaxEpochs', 0), 'PixelRang', 1);
several = with(several, 'CREATE_NUMPY', 2);
bad('TouchTrain:UnknownOption', several, '3 things are wrong', 'PixelRange', 'TRAIN', 'CREATE_NUMPY');
bad('TouchTrain:BadOption', with(with(base, 'MaxEpochs', 0), 'modelName', ''), '2 things are wrong');
expect_error('TouchTrain:BadFrames', @() run_script(base), 'frames and labels');
expect_error('TouchTrain:LengthMismatch', @() run_script(base, frames, labels(1:3)));
expect_error('TouchTrain:BadFrames', @() run_script(base, 'frames', labels));
assert(~isfolder('work'));
end

function parameters = with(parameters, name, value)
parameters.(name) = value;
end

function run_script(trainingParameters, frames, labels) %#ok<INUSD>
train_new_model
end
