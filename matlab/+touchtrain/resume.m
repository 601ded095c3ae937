function [history, modelPath, report] = resume(folder, varargin)
% RESUME  Let a training, conversion or upload that was broken off go on, and wait for it.
%
%   touchtrain.resume(FOLDER) takes the folder of a job (char or string) whose process was killed, that was cancelled,
%   or that failed. A training goes on from its last checkpoint; a conversion does not do twice what is complete. It
%   shows how far it is and prints at the end what touchtrain.train or touchtrain.convertVideos print. A search of
%   touchtrain.tune goes on with the trial that was under way.
%
%   [HISTORY, MODELPATH, REPORT] = touchtrain.resume(FOLDER) returns of a training what touchtrain.train returns.
%   REPORT = touchtrain.resume(FOLDER) returns of a conversion what touchtrain.convertVideos returns, of an upload what
%   touchtrain.uploadDataset returns; further outputs are []. RESULT = touchtrain.resume(FOLDER) returns of a search
%   what touchtrain.tune returns.
%
%   ... = touchtrain.resume(FOLDER, 'Name', value, ...) sets options; all others are those that the job began with.
%     'Verbose'  whether it is shown how far it is, default true
%     'Plots'    'none' (default), or 'training-progress': the curves of a training are drawn while it runs, where
%                there is a display
%     'TrustCode'  whether code that the job runs is trusted, default false: a network from a Python file, or all of a
%                training in the cloud. It is needed only where you did not start the job on this computer.
%
%   Ctrl-C gives the prompt back and lets it go on. resume(touchtrain.TrainingJob(FOLDER)) lets a training go on in the
%   background.
%
%   Example
%     job = touchtrain.trainInBackground('set', 'model.h5', 'MaxEpochs', 20);
%     cancel(job);
%     [history, modelPath] = touchtrain.resume(job.Folder);
%
%   See also touchtrain.TrainingJob, touchtrain.train, touchtrain.tune, touchtrain.convertVideos,
%   touchtrain.inspect
touchtrain.internal.options.needInputs(nargin, 1, 'touchtrain.resume(folder, ''Name'', value, ...)');
[how, given] = touchtrain.internal.jobs.watchOptions(varargin, struct('TrustCode', false));
trusts = touchtrain.internal.options.trustsCode(given.TrustCode);
before = touchtrain.internal.python.askPython('job_status', touchtrain.internal.values.absolutePath(folder, 'folder'));
job = touchtrain.internal.python.askPython('resume_job', before.folder, trusts);
how.seen = before.seen;
touchtrain.internal.jobs.watchJob(job, how);
result = touchtrain.internal.jobs.jobResult(job.folder);
isTraining = isfield(result, 'history');
if isTraining && how.isVerbose
    touchtrain.internal.values.show('%s\n', result.summary{:});
elseif ~isTraining && nargout == 0
    touchtrain.internal.jobs.printReport(result.report, job.makes);
end
if nargout > 0 && isfield(result, 'search')
    history = touchtrain.internal.jobs.tuningResult(result);
    modelPath = result.model_path;
    report = result.report;
elseif nargout > 0 && isTraining
    history = result.history;
    modelPath = result.model_path;
    report = result.report;
elseif nargout > 0
    history = result.report;
    modelPath = [];
    report = [];
end
end
