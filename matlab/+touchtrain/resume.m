function [history, modelPath, report] = resume(job, varargin)
% RESUME  Resume an interrupted training, search, curation, conversion or upload.
%
%   touchtrain.resume(JOB) resumes a job after it was cancelled, failed, or its process was killed, and waits for it.
%   JOB is its number or its name, as touchtrain.jobs shows them, its folder (char or string), or a
%   touchtrain.TrainingJob. A training resumes from its last checkpoint, a search of touchtrain.tune with the trial that
%   was running, and a curation or conversion keeps what is complete. It shows progress and prints the same summary as
%   touchtrain.train, touchtrain.curate or touchtrain.convertVideos.
%   touchtrain.resume resumes the latest job that can be resumed, and prints which one that is.
%
%   [HISTORY, MODELPATH, REPORT] = touchtrain.resume(JOB) returns the outputs of touchtrain.train, for a training.
%   [MARKS, SESSION] = touchtrain.resume(JOB) returns the outputs of touchtrain.curate, for a curation.
%   RESULT = touchtrain.resume(JOB) returns the output of touchtrain.tune, for a search.
%   REPORT = touchtrain.resume(JOB) returns the output of touchtrain.convertVideos, for a conversion, or of
%   touchtrain.uploadDataset, for an upload; further outputs are [].
%
%   ... = touchtrain.resume(JOB, 'Name', value, ...) sets options; the job keeps all others that it was started with.
%     'Verbose'  true (default) to show progress
%     'Plots'    'none' (default), or 'training-progress' to plot the curves during a training (needs a display)
%     'TrustCode'  true to trust the code that the job runs (a network from a Python file, or any training in the
%                cloud), default false. Needed only if you did not start the job on this computer.
%     'Devices'  another number of devices for a training or search, or 'all'; default as before
%     'Scheduler'  address of the scheduler of another cluster, or 'none' for this computer alone; default as before
%
%   Ctrl+C returns to the prompt, and the job continues. resume(touchtrain.attach(JOB)) resumes a job in the background.
%
%   Example
%     touchtrain.trainInBackground('set', 'model.h5', 'MaxEpochs', 20);
%     touchtrain.cancel('model.h5');
%     [history, modelPath] = touchtrain.resume('model.h5');
%
%   See also touchtrain.jobs, touchtrain.cancel, touchtrain.TrainingJob, touchtrain.train, touchtrain.tune,
%   touchtrain.curate, touchtrain.convertVideos, touchtrain.inspect
named = {};
if nargin > 0
    [value, rest] = touchtrain.internal.options.optionalInput([{job}, varargin], ...
        {'Verbose', 'Plots', 'TrustCode', 'Devices', 'Scheduler'});
    if numel(rest) == numel(varargin)
        named = {value};
    end
    varargin = rest;
end
[how, given] = touchtrain.internal.jobs.watchOptions(varargin, ...
    struct('TrustCode', false, 'Devices', [], 'Scheduler', ''));
trusts = touchtrain.internal.options.truth(given.TrustCode, 'TrustCode');
named = touchtrain.internal.jobs.jobInputs(named{:});
chosen = touchtrain.internal.python.askPython('job_to_resume', named{:});
before = touchtrain.internal.python.askPython('job_status', chosen.job.folder);
job = touchtrain.internal.python.askPython('resume_job', before.folder, trusts, ...
    jsonencode(given.Devices), char(given.Scheduler));
if how.isVerbose && ~isempty(chosen.said)
    touchtrain.internal.values.show('%s\n', chosen.said{:});
end
how.seen = before.seen;
touchtrain.internal.jobs.watchJob(job, how);
result = touchtrain.internal.jobs.jobResult(job.folder);
isTraining = isfield(result, 'history');
outputs = touchtrain.internal.jobs.jobOutputs(result, how.isVerbose, nargout);
if isTraining && how.isVerbose
    touchtrain.internal.values.show('%s\n', result.summary{:});
elseif ~isTraining && ~strcmp(job.command, 'curate') && nargout == 0
    touchtrain.internal.jobs.printReport(result.report, job.makes);
end
if nargout > 0
    outputs(end + 1:3) = {[]};
    [history, modelPath, report] = outputs{:};
end
end
