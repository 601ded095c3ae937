function job = trainInBackground(dataset, modelFile, varargin)
% TRAININBACKGROUND  Start a training and return at once with a handle on it.
%
%   JOB = touchtrain.trainInBackground(DATASET, MODELFILE) starts what touchtrain.train does, and does not wait for it.
%   DATASET is the folder of a dataset, MODELFILE the model to write (char or string; .h5 is added where it is missing).
%   What is wrong with them, or with an option, is raised at once. JOB is a touchtrain.TrainingJob: JOB.State,
%   JOB.Progress and JOB.History tell how it is doing, wait(JOB), stop(JOB), cancel(JOB), plot(JOB) and
%   fetchOutputs(JOB) do what they say. The training goes on when JOB is cleared or MATLAB ends;
%   touchtrain.TrainingJob(JOB.Folder) attaches to it again.
%
%   ... = touchtrain.trainInBackground(..., 'Name', value, ...) sets options, those of touchtrain.train with the same
%   defaults; touchtrain.options('trainInBackground') prints them. 'Verbose' and 'Plots' of a list of options for
%   touchtrain.train may be among them, and change nothing here: give them to wait or fetchOutputs.
%
%   Example
%     job = touchtrain.trainInBackground('set', 'model.h5', 'MaxEpochs', 20);
%     wait(job, 60);
%     plot(job, 'File', 'so-far.png');
%     [history, modelPath] = fetchOutputs(job);
%
%   See also touchtrain.TrainingJob, touchtrain.train, touchtrain.resume, touchtrain.options
touchtrain.internal.options.needInputs(nargin, 2, ...
    'touchtrain.trainInBackground(dataset, modelFile, ''Name'', value, ...)');
pairs = touchtrain.internal.options.trainingPaths(touchtrain.internal.options.nameValues(varargin));
dataset = touchtrain.internal.values.absolutePath(dataset, 'dataset');
modelFile = touchtrain.internal.values.absolutePath(modelFile, 'modelFile');
started = touchtrain.internal.jobs.startJob(pairs, 'train', dataset, modelFile);
job = touchtrain.TrainingJob(started.folder);
end
