function job = trainInBackground(dataset, modelFile, varargin)
% TRAININBACKGROUND  Start a training in the background.
%
%   JOB = touchtrain.trainInBackground(DATASET, MODELFILE) starts the same training as touchtrain.train and returns
%   immediately. DATASET is the folder of a dataset, MODELFILE the model to write (char or string; .h5 is added if
%   missing). Errors in the inputs or options are raised before the training starts. JOB is a touchtrain.TrainingJob.
%   JOB.State, JOB.Progress and JOB.History show its status; wait(JOB), stop(JOB), cancel(JOB), plot(JOB) and
%   fetchOutputs(JOB) control it. The training continues when you clear JOB or exit MATLAB;
%   touchtrain.attach attaches to it again.
%
%   ... = touchtrain.trainInBackground(..., 'Name', value, ...) sets options. They and their defaults are the same as in
%   touchtrain.train; touchtrain.options('trainInBackground') lists them. 'Verbose' and 'Plots' are accepted and
%   ignored, so that you can reuse a list of options for touchtrain.train; pass them to wait or fetchOutputs instead.
%
%   Example
%     job = touchtrain.trainInBackground('set', 'model.h5', 'MaxEpochs', 20);
%     wait(job, 60);
%     plot(job, 'File', 'so-far.png');
%     [history, modelPath] = fetchOutputs(job);
%
%   See also touchtrain.TrainingJob, touchtrain.train, touchtrain.resume, touchtrain.options
touchtrain.internal.options.requireInputs(nargin, 2, ...
    'touchtrain.trainInBackground(dataset, modelFile, ''Name'', value, ...)');
pairs = touchtrain.internal.options.nameValues(varargin, 'train');
pairs = touchtrain.internal.options.trainingPaths(pairs);
dataset = touchtrain.internal.values.absolutePath(dataset, 'dataset');
modelFile = touchtrain.internal.values.absolutePath(modelFile, 'modelFile');
started = touchtrain.internal.jobs.startJob(pairs, 'train', dataset, modelFile);
job = touchtrain.TrainingJob(started.folder);
end
