function test_train_new_model_sources()
% The script with each source of files: what it makes, what it says, and what it removes.
% Trains a network.
tiny_videos('videos');
history = [];
modelPath = '';
network = tiny_network();
trainingParameters = struct(network{:}, 'processDirectory', 'work', 'dataPath', 'videos', ...
    'labelPath', 'videos-labels.mat', 'Roi', 25, 'centers', [32 24], 'jobName', 'run');
trainingParameters.Report = true;
text = evalc('train_new_model');
said = {'third.mp4', 'videos-labels.mat: labels{3}', '136 frames', '25 x 25', 'epoch 2/2', 'best epoch', modelPath};
for k = 1:numel(said)
    assert(~isempty(strfind(text, said{k})), 'TouchTrain:Test', 'No "%s" in: %s', said{k}, text);
end
expect_equal(modelPath, fullfile(pwd(), 'work', 'new_model.h5'));
expect_equal(size(history.loss), [1 2]);
job = touchtrain.inspect(fullfile('work', 'jobs', 'run-dataset'));
expect_equal(job.makes, fullfile(pwd(), 'work', 'dataset'));

% A conversion later than the training is not the training.
trainingParameters.TRAIN = 0;
trainingParameters.Verbose = false;
trainingParameters.dataPath = {fullfile('videos', 'first.avi')};
id = fopen('labels.m', 'w');
fclose(id);
trainingParameters.labelPath = 'labels.m';
message = expect_error('TouchTrain:BadLabels', @() run_script(trainingParameters), 'labels.m');
assert(~isempty(message) && isfile(fullfile('work', 'dataset', 'dataset.json')));
trainingParameters.CREATE_NUMPY = 0;
trainingParameters.DOWNLOAD_MODEL = 1;
trained = history;
history = [];
text = evalc('train_new_model');
expect_equal(history, trained);
assert(~isempty(strfind(text, modelPath)));

trainingParameters.DOWNLOAD_MODEL = 0;
trainingParameters.CLEAR_DIRECTORIES = 1;
text = evalc('train_new_model');
found = dir('work');
expect_equal(sort({found(~[found.isdir]).name}), {'new_model.h5'});
expect_equal(sort({found([found.isdir]).name}), {'.', '..', 'new_model.report'});
end

function run_script(trainingParameters) %#ok<INUSD>
evalc('train_new_model');
end
