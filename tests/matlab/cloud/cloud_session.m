function cloud_session()
% CLOUD_SESSION  What a lab does with the cloud, over services that stand in; the test of Python starts them.
%
%   It trains three times: twice by the script, and by touchtrain.trainOnCloud.
settings = struct('projectID', 'my-lab-123456', 'mainBucket', 'touchtrain-lab', 'dataBucket', '', 'runVersion', '');
check_script(settings);
check_calls(settings);
fprintf('cloud session ended well\n');
end

function check_script(settings)
% UPLOAD and TRAIN, then DOWNLOAD_MODEL alone; then all sections at once.
[frames, labels] = tiny_arrays(64, 1);
[further, others] = tiny_arrays(48, 2);
options = tiny_network();
parameters = struct(options{:});
parameters.processDirectory = 'work';
parameters.labelOptionSelect = 'arrays';
parameters.modelName = 'whiskers';
parameters.trainOnCloud = true;
parameters.cloudSettings = settings;
parameters.UPLOAD = 1;
frames = {frames, further};
labels = {labels, others};
[text, modelPath, history] = run_script(parameters, frames, labels);
expect_has(text, '7 files');
expect_has(text, 'us-central1');
expect_has(text, 'best epoch');
expect_equal(modelPath, 'gs://touchtrain-lab/models/new_model/whiskers.h5');
expect_equal(size(history.loss), [1 2]);
assert(~isfile(fullfile('work', 'whiskers.h5')));

parameters.CREATE_NUMPY = 0;
parameters.UPLOAD = 0;
parameters.TRAIN = 0;
parameters.DOWNLOAD_MODEL = 1;
[~, modelPath, again] = run_script(parameters, frames, labels);
expect_equal(modelPath, fullfile(pwd(), 'work', 'whiskers.h5'));
expect_equal(again.loss, history.loss);
info = touchtrain.inspect(modelPath);
expect_equal(info.kind, 'model');

parameters.DOWNLOAD_MODEL = 0;
parameters.UPLOAD = 1;
parameters.CLEAR_DIRECTORIES = 1;
text = run_script(parameters, frames, labels);
expect_has(text, '0 files');
expect_has(text, '7 files');
expect_only('work', {'whiskers.h5'});

parameters.CREATE_NUMPY = 1;
parameters.TRAIN = 1;
parameters.DOWNLOAD_MODEL = 1;
parameters.modelName = 'others';
parameters.MaxEpochs = 1;
parameters.Verbose = false;
[text, modelPath, history] = run_script(parameters, frames, labels);
assert(isempty(strfind(text, 'epoch 1/1')) && isempty(strfind(text, '7 files')), 'TouchTrain:Test', '%s', text);
expect_equal(modelPath, fullfile(pwd(), 'work', 'others.h5'));
expect_equal(size(history.loss), [1 1]);
expect_only('work', {'others.h5', 'whiskers.h5'});
end

function check_calls(settings)
% The same at the prompt.
tiny_set('set');
settings.machineType = 'n1-standard-4';
report = touchtrain.uploadDataset('set', settings, 'Verbose', false);
expect_equal(fieldnames(report)', {'kind', 'dataset', 'files', 'bytes', 'same_files', 'same_bytes', 'seconds'});
expect_equal(report.files, 10);
expect_error('TouchTrain:UnknownOption', @() touchtrain.uploadDataset('set', settings, 'DataNme', 'x'), 'DataName');
settings.mainBucket = 'no-such-bucket';
expect_error('TouchTrain:BucketNotFound', @() touchtrain.uploadDataset('set', settings, 'Verbose', false), ...
    'no-such-bucket');
settings.mainBucket = 'late-bucket';
late = @() touchtrain.uploadDataset('set', settings, 'JobFolder', 'up', 'Verbose', false);
expect_error('TouchTrain:BucketNotFound', late, 'late-bucket');
make_bucket('late-bucket');
text = evalc('touchtrain.resume(''up'')');
expect_has(text, 'gs://late-bucket/datasets/');
expect_has(text, '10 files');
expect_has(evalc('touchtrain.inspect(''up'')'), '10 files');
settings.mainBucket = 'touchtrain-lab';

options = [tiny_network(), {'JobFolder', 'job'}];
job = touchtrain.trainOnCloud('set', 'model', settings, options{:}, 'MaxEpochs', 100000, 'ValidationPatience', Inf);
waited = tic();
while isempty(job.History.loss) && toc(waited) < 60
    pause(0.2);
end
assert(~isempty(job.History.loss), 'TouchTrain:Test', '%s', evalc('disp(job)'));
expect_equal(job.State, 'running');
expect_equal(job.Cloud.region, 'us-central1');
expect_equal(job.Cloud.folder, 'gs://touchtrain-lab/jobs/job');
expect_has(evalc('disp(job)'), 'gs://touchtrain-lab/jobs/job');
lines = logs(job);
expect_equal(fieldnames(lines)', {'time', 'severity', 'text'});
expect_has(evalc('logs(job)'), 'epoch 1/100000');
expect_error('TouchTrain:BadJob', @() touchtrain.TrainingJob(job.Cloud.folder), 'fetchModel');
stop(job);
[history, modelPath, report] = fetchOutputs(job, 'Verbose', false);
expect_equal(modelPath, fullfile(pwd(), 'model.h5'));
expect_equal(report.stopped, 'asked');
expect_equal(job.State, 'stopped');
[again, ~] = touchtrain.fetchModel(fullfile('.', 'job'), '', 'Verbose', false);
expect_equal(again.loss, history.loss);
assert(isfolder('job'));
[again, elsewhere] = touchtrain.fetchModel(job.Cloud.folder, 'elsewhere', 'Verbose', false);
expect_equal(elsewhere, fullfile(pwd(), 'elsewhere.h5'));
expect_equal(again.loss, history.loss);
end

function make_bucket(name)
% Make a bucket in the emulator.
asking = py.importlib.import_module('urllib.request');
headers = py.dict(py.list({py.tuple({'Content-Type', 'application/json'})}));
body = py.bytes(sprintf('{"name": "%s"}', name), 'utf-8');
asking.urlopen(asking.Request([getenv('STORAGE_EMULATOR_HOST'), '/storage/v1/b'], body, headers));
end

function expect_only(folder, names)
% Nothing but these is in a folder.
found = dir(folder);
expect_equal(sort(setdiff({found.name}, {'.', '..'})), names);
end

function [text, modelPath, history] = run_script(trainingParameters, frames, labels) %#ok<INUSD>
modelPath = '';
history = [];
text = evalc('train_new_model');
end
