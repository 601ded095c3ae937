function test_train_new_model()
% The script: each switch alone, with the old order of the classes, then all that it leaves.
% Trains a network.
[a, first] = tiny_arrays(48, 1);
[b, second] = tiny_arrays(40, 2);
frames = {a, b, a};
labels = {first, second, first};
history = [];
modelPath = '';
report = [];
network = tiny_network();
base = struct(network{:});
base.labelOptionSelect = 'arrays';
base.processDirectory = 'work';
base.modelName = 'whisker';
base.jobName = 'run';
base.classNames = {'Touch', 'NonTouch'};
base.Recordings = {'x', 'y', 'z'};
base.Verbose = false;
alone = struct('CREATE_NUMPY', 0, 'UPLOAD', 0, 'TRAIN', 0, 'DOWNLOAD_MODEL', 0, 'CLEAR_DIRECTORIES', 0);

% Each before its time.
trainingParameters = only(base, alone, 'TRAIN');
expect_error('TouchTrain:PathMissing', @() run_script(trainingParameters, frames, labels), 'work');
trainingParameters = only(base, alone, 'DOWNLOAD_MODEL');
expect_error('TouchTrain:BadJob', @() run_script(trainingParameters, frames, labels), 'TRAIN = 1');
assert(~isfolder('work'));

trainingParameters = only(base, alone, 'CREATE_NUMPY');
trainingParameters.labelOptionSelect = 4;
text = evalc('train_new_model');
assert(~isempty(strfind(text, '1 = Touch')), 'TouchTrain:Test', '%s', text);
made = touchtrain.inspect(fullfile('work', 'dataset'));
expect_equal(made.class_names, {'Touch', 'NonTouch'});
expect_equal(made.counts.Touch, 68);
assert(isempty(report) && ~isfolder(fullfile('work', 'jobs')));

trainingParameters = only(base, alone, 'UPLOAD');
text = evalc('train_new_model');
assert(~isempty(strfind(text, 'UPLOAD')), 'TouchTrain:Test', '%s', text);

trainingParameters = only(base, alone, 'TRAIN');
train_new_model
expect_equal(modelPath, fullfile(pwd(), 'work', 'whisker.h5'));
expect_equal(size(history.loss), [1 2]);
assert(isfile(modelPath) && isfolder(fullfile('work', 'jobs', 'run')) && isstruct(report));
expect_equal(report.dataset.class_names, {'Touch', 'NonTouch'});

trained = history;
history = [];
report = [];
trainingParameters = only(base, alone, 'DOWNLOAD_MODEL');
text = evalc('train_new_model');
expect_equal(history.loss, trained.loss);
assert(isstruct(report) && ~isempty(strfind(text, modelPath)));

% What the user has put there stays.
mkdir(fullfile('work', 'jobs', 'mine'));
mkdir(fullfile('work', 'dataset', 'mine.frames.npy'));
trainingParameters = only(base, alone, 'CLEAR_DIRECTORIES');
text = evalc('train_new_model');
isNamed = ~isempty(strfind(text, fullfile('work', 'dataset')));
assert(isfolder(fullfile('work', 'dataset', 'mine.frames.npy')) && isNamed, 'TouchTrain:Test', '%s', text);
rmdir(fullfile('work', 'dataset', 'mine.frames.npy'));
text = evalc('train_new_model');
stays = isfolder(fullfile('work', 'dataset')) || isfolder(fullfile('work', 'jobs', 'run'));
assert(~stays, 'TouchTrain:Test', '%s', text);
assert(isfile(modelPath) && isfolder(fullfile('work', 'jobs', 'mine')));
assert(exist('newModel', 'var') == 0);
end

function parameters = only(base, alone, name)
parameters = base;
names = fieldnames(alone);
for k = 1:numel(names)
    parameters.(names{k}) = alone.(names{k});
end
parameters.(name) = 1;
end

function run_script(trainingParameters, frames, labels) %#ok<INUSD>
train_new_model
end
