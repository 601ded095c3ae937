function [history, modelPath, report] = fetchModel(source, modelFile, varargin)
% FETCHMODEL  Wait for a training in the cloud and download its model.
%
%   [HISTORY, MODELPATH, REPORT] = touchtrain.fetchModel(SOURCE) waits for the training SOURCE, downloads and checks its
%   model, and returns the outputs of touchtrain.train. SOURCE is the touchtrain.TrainingJob that submitted the
%   training, or its folder (char or string). The model is saved at the path set when the training was submitted.
%
%   ... = touchtrain.fetchModel(SOURCE, MODELFILE) saves the model as MODELFILE. SOURCE can then also be the job folder
%   in the bucket, such as 'gs://my-lab/jobs/NAME', of a training that was submitted on another computer.
%
%   ... = touchtrain.fetchModel(SOURCE, MODELFILE, 'Verbose', false) shows no progress; 'Plots', 'training-progress'
%   plots the curves meanwhile (needs a display). MODELFILE can be left out or ''.
%
%   Example
%     [history, modelPath] = touchtrain.fetchModel('gs://my-lab/jobs/whiskers', 'whiskers.h5');
%
%   See also touchtrain.trainOnCloud, touchtrain.TrainingJob
touchtrain.internal.options.requireInputs(nargin, 1, 'touchtrain.fetchModel(source, modelFile)');
if nargin < 2
    modelFile = '';
else
    [modelFile, varargin] = touchtrain.internal.options.optionalInput([{modelFile}, varargin], {'Verbose', 'Plots'});
end
how = touchtrain.internal.jobs.watchOptions(varargin);
if isa(source, 'touchtrain.TrainingJob')
    source = source.Folder;
end
source = touchtrain.internal.values.absolutePath(source, 'source');
if isempty(strfind(source, '://'))
    status = touchtrain.internal.python.askPython('job_status', source);
    source = status.folder; % as Python writes the path
end
if touchtrain.internal.values.isBlank(modelFile)
    modelFile = '';
else
    modelFile = touchtrain.internal.values.absolutePath(modelFile, 'modelFile');
end
job = touchtrain.internal.python.askPython('start_fetch', source, modelFile);
touchtrain.internal.jobs.watchJob(job, how);
result = touchtrain.internal.jobs.jobResult(job.folder);
if ~strcmp(job.folder, source) % a job for this download only
    touchtrain.internal.python.askPython('remove_job', job.folder);
    [~, ~] = rmdir(fileparts(job.folder)); % fails if it contains other jobs
end
[history, modelPath, report] = touchtrain.internal.jobs.trainingOutputs(result, how.isVerbose);
if nargout == 0
    clear('history');
end
end
