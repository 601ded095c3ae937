function [history, modelPath, report] = resume(folder, varargin)
% RESUME  Resume an interrupted training, search, curation, conversion or upload.
%
%   touchtrain.resume(FOLDER) resumes the job in FOLDER (char or string) after it was cancelled, failed, or its process
%   was killed, and waits for it. A training resumes from its last checkpoint, a search of touchtrain.tune with the
%   trial that was running, and a curation or conversion keeps what is complete. It shows progress and prints the same
%   summary as touchtrain.train, touchtrain.curate or touchtrain.convertVideos.
%
%   [HISTORY, MODELPATH, REPORT] = touchtrain.resume(FOLDER) returns the outputs of touchtrain.train, for a training.
%   [MARKS, SESSION] = touchtrain.resume(FOLDER) returns the outputs of touchtrain.curate, for a curation.
%   RESULT = touchtrain.resume(FOLDER) returns the output of touchtrain.tune, for a search.
%   REPORT = touchtrain.resume(FOLDER) returns the output of touchtrain.convertVideos, for a conversion, or of
%   touchtrain.uploadDataset, for an upload; further outputs are [].
%
%   ... = touchtrain.resume(FOLDER, 'Name', value, ...) sets options; the job keeps all others that it was started with.
%     'Verbose'  true (default) to show progress
%     'Plots'    'none' (default), or 'training-progress' to plot the curves during a training (needs a display)
%     'TrustCode'  true to trust the code that the job runs (a network from a Python file, or any training in the
%                cloud), default false. Needed only if you did not start the job on this computer.
%
%   Ctrl+C returns to the prompt, and the job continues. resume(touchtrain.TrainingJob(FOLDER)) resumes a training or
%   curation in the background.
%
%   Example
%     job = touchtrain.trainInBackground('set', 'model.h5', 'MaxEpochs', 20);
%     cancel(job);
%     [history, modelPath] = touchtrain.resume(job.Folder);
%
%   See also touchtrain.TrainingJob, touchtrain.train, touchtrain.tune, touchtrain.curate, touchtrain.convertVideos,
%   touchtrain.inspect
touchtrain.internal.options.requireInputs(nargin, 1, 'touchtrain.resume(folder, ''Name'', value, ...)');
[how, given] = touchtrain.internal.jobs.watchOptions(varargin, struct('TrustCode', false));
trusts = touchtrain.internal.options.truth(given.TrustCode, 'TrustCode');
before = touchtrain.internal.python.askPython('job_status', touchtrain.internal.values.absolutePath(folder, 'folder'));
job = touchtrain.internal.python.askPython('resume_job', before.folder, trusts);
how.seen = before.seen;
touchtrain.internal.jobs.watchJob(job, how);
result = touchtrain.internal.jobs.jobResult(job.folder);
isTraining = isfield(result, 'history');
if isTraining && how.isVerbose
    touchtrain.internal.values.show('%s\n', result.summary{:});
elseif strcmp(job.command, 'curate')
    [history, modelPath] = touchtrain.internal.curation.curationOutputs(result.report, how.isVerbose, nargout);
    report = [];
    return
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
