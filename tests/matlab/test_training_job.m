function test_training_job()
% A training in the background, beside one that is waited for: each has its own state and model, and both the same
% outputs.
% Trains a network.
tiny_set('set');
options = tiny_network();
job = touchtrain.trainInBackground('set', 'beside', options{:}, 'Verbose', false, 'Plots', 'training-progress');
assert(isa(job, 'touchtrain.TrainingJob'));
assert(any(strcmp(job.State, {'waiting', 'running'})), 'TouchTrain:Test', '%s', job.State);
expect_equal(job.ModelFile, fullfile(pwd(), 'beside.h5'));
expect_equal(job.Error, []);
expect_equal(size(job.History.loss), [1 0]);
assert(isstruct(job.Progress));
text = evalc('disp(job)');
assert(all(cellfun(@(part) ~isempty(strfind(text, part)), {job.Folder, job.ModelFile, 'progress'})), ...
    'TouchTrain:Test', '%s', text);
expect_equal(wait(job, 0.3, 'Verbose', false), false);
expect_error('TouchTrain:BadJob', @() touchtrain.internal.jobs.jobResult(job.Folder), job.Folder);
expect_error('TouchTrain:BadJob', @() remove(job), job.Folder);
expect_error('TouchTrain:BadJob', @() resume(job), job.Folder);
expect_error('TouchTrain:BadJob', @() plot(job, 'File', 'curves'), job.Folder);

history = [];
modelPath = '';
report = [];
ended = false;
ofJob = [];
path = '';
about = [];
evalc('[history, modelPath, report] = touchtrain.train(''set'', ''waited'', options{:});');
text = evalc('ended = job.wait();');
expect_equal(ended, true);
assert(isempty(text) || ~isempty(regexp(text, '^epoch 2/2 [^\n]*val', 'once', 'lineanchors')), 'TouchTrain:Test', ...
    '%s', text);
expect_equal(job.State, 'done');
text = evalc('[ofJob, path, about] = fetchOutputs(job);');
expect_equal(text, '');
expect_equal(ofJob, history);
expect_equal(path, fullfile(pwd(), 'beside.h5'));
expect_equal(modelPath, fullfile(pwd(), 'waited.h5'));
expect_equal(about.metrics, report.metrics);
assert(isfile('beside.h5') && isfile('waited.h5'));
expect_equal(job.History.val_loss, history.val_loss);

% Attached from elsewhere.
jobs = dir(fullfile('touchtrain-jobs', 'beside-*'));
other = touchtrain.TrainingJob(fullfile('touchtrain-jobs', jobs(1).name));
expect_equal(other.Folder, job.Folder);
expect_equal(other.History, job.History);
other.plot('File', 'curves');
assert(isfile('curves.png'));
other.remove();
assert(~isfolder(job.Folder) && isfile('beside.h5'));
expect_error('TouchTrain:BadJob', @() job.State, job.Folder);
text = evalc('job');
assert(~isempty(strfind(text, job.Folder)), 'TouchTrain:Test', '%s', text);
end
