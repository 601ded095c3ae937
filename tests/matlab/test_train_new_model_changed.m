function test_train_new_model_changed()
% With CREATE_NUMPY = 0, values that the user has set and that the dataset was not made with are errors.
tiny_videos('videos');
trainingParameters = struct('processDirectory', 'work', 'dataPath', 'videos', 'labelPath', 'videos-labels.mat', ...
    'Roi', 25, 'centers', [32 24], 'NegativeWindow', 9, 'TRAIN', 0, 'Verbose', false);
text = evalc('train_new_model');
assert(~isempty(strfind(text, '25 x 25')), 'TouchTrain:Test', '%s', text);
text = evalc('touchtrain.inspect(fullfile(''work'', ''dataset''))');
assert(~isempty(strfind(text, 'Centers [32 24]')) && ~isempty(strfind(text, 'NegativeWindow 9')), ...
    'TouchTrain:Test', '%s', text);

% A fault that stops the training tells that the dataset was taken as it is.
base = struct('processDirectory', 'work', 'CREATE_NUMPY', 0, 'TRAIN', 1, 'MaxEpochs', 0);
same = with(base, 'Roi', [25 25], 'Centers', [32 24], 'NegativeWindow', 9, 'dataPath', 'videos', 'Workers', 2);
for parameters = {base, same}
    message = expect_error('TouchTrain:BadOption', @() run_script(parameters{1}), 'MaxEpochs');
    assert(isempty(strfind(message, 'CREATE_NUMPY')), 'TouchTrain:Test', '%s', message);
end
bad = @(parameters, varargin) expect_error('TouchTrain:BadOption', @() run_script(parameters), 'CREATE_NUMPY = 1', ...
    varargin{:});
base.MaxEpochs = 1;
bad(with(base, 'roi', 31), 'Roi', '[31 31]', '[25 25]');
bad(with(base, 'centers', [30 20]), 'Centers', '[30 20]', '[32 24]');
bad(with(base, 'centers', ''), 'Centers', '[32 24]');
bad(with(base, 'NegativeWindow', 5, 'Contrast', 'stretch', 'roi', 31), '3', 'NegativeWindow', 'Contrast', 'Roi');
bad(with(base, 'labelOptionSelect', 'arrays'), 'labelOptionSelect', 'touchtrain.convertVideos');
bad(with(base, 'ClassNames', {'Touch', 'NonTouch'}), 'ClassNames', 'NonTouch');

% What was changed at the top of the script counts as set, too.
top = struct('dataPath', '', 'labelPath', '', 'roi', 61, 'centers', '', 'processDirectory', 'work', ...
    'modelName', 'm', 'classNames', {{'NonTouch', 'Touch'}}, 'labelOptions', {{'labelsInFile'}}, ...
    'labelOptionSelect', 'labelsInFile', 'trainOnCloud', false, 'cloudSettings', struct(), 'jobName', 'm', ...
    'CREATE_NUMPY', 0, 'UPLOAD', 0, 'TRAIN', 1, ...
    'DOWNLOAD_MODEL', 0, 'CLEAR_DIRECTORIES', 0);
plan = touchtrain.internal.script.newModelPlan(top, struct());
expect_equal(plan.dataset, fullfile(pwd(), 'work', 'dataset'));
top.roi = 41;
top.centers = [10 11];
expect_error('TouchTrain:BadOption', @() touchtrain.internal.script.newModelPlan(top, struct()), '2', '41', '10 11');

% A dataset of an earlier version does not say all.
file = fullfile('work', 'dataset', 'dataset.json');
description = regexprep(fileread(file), '"made_by": \{.*?\},\s*"recordings"', '"recordings"');
id = fopen(file, 'w');
fwrite(id, description);
fclose(id);
top.roi = 25;
text = evalc('touchtrain.internal.script.newModelPlan(top, struct());');
assert(~isempty(strfind(text, 'Centers')) && isempty(strfind(text, 'Roi')), 'TouchTrain:Test', '%s', text);
assert(~isfolder(fullfile('work', 'jobs', 'new_model')));
end

function run_script(trainingParameters) %#ok<INUSD>
evalc('train_new_model');
end
