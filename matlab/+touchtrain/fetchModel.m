function [history, modelPath, report] = fetchModel(source, modelFile, varargin)
% FETCHMODEL  Wait for a training in the cloud, and fetch what it made.
%
%   [HISTORY, MODELPATH, REPORT] = touchtrain.fetchModel(SOURCE) waits for the training that SOURCE names, fetches and
%   checks its model, and returns what touchtrain.train returns. SOURCE is the touchtrain.TrainingJob that submitted it,
%   or its folder (char or string). The model goes where it was to go.
%
%   ... = touchtrain.fetchModel(SOURCE, MODELFILE) puts it there instead. Then SOURCE may be the job's folder in the
%   bucket, as 'gs://my-lab/jobs/NAME', of a training that was submitted on another computer.
%
%   ... = touchtrain.fetchModel(SOURCE, MODELFILE, 'Verbose', false) shows nothing; MODELFILE may be ''.
%
%   Example
%     [history, modelPath] = touchtrain.fetchModel('gs://my-lab/jobs/whiskers', 'whiskers.h5');
%
%   See also touchtrain.trainOnCloud, touchtrain.TrainingJob
touchtrain.internal.options.needInputs(nargin, 1, 'touchtrain.fetchModel(source, modelFile)');
how = touchtrain.internal.jobs.watchOptions(varargin);
if isa(source, 'touchtrain.TrainingJob')
    source = source.Folder;
end
source = touchtrain.internal.values.absolutePath(source, 'source');
if isempty(strfind(source, '://'))
    status = touchtrain.internal.python.askPython('job_status', source);
    source = status.folder; % as Python spells it
end
if nargin < 2 || isempty(modelFile)
    modelFile = '';
else
    modelFile = touchtrain.internal.values.absolutePath(modelFile, 'modelFile');
end
job = touchtrain.internal.python.askPython('start_fetch', source, modelFile);
touchtrain.internal.jobs.watchJob(job, how);
result = touchtrain.internal.jobs.jobResult(job.folder);
if ~strcmp(job.folder, source) % made only for this
    touchtrain.internal.python.askPython('remove_job', job.folder);
    [~, ~] = rmdir(fileparts(job.folder)); % stays where it holds other jobs
end
[history, modelPath, report] = touchtrain.internal.jobs.trainingOutputs(result, how.isVerbose);
if nargout == 0
    clear('history');
end
end
