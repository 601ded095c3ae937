function job = attach(job)
% ATTACH  Watch and control a job that was started before.
%
%   JOB = touchtrain.attach attaches to the latest job that runs on this computer, or if none runs, to the latest one,
%   and prints which one that is. JOB is a touchtrain.TrainingJob: wait(JOB) shows its progress, fetchOutputs(JOB) waits
%   and returns its result, stop(JOB) and cancel(JOB) end it.
%   JOB = touchtrain.attach(JOB) attaches to a job by its number or its name, as touchtrain.jobs shows them, or by its
%   folder (char or string): a training, conversion, curation, search, upload, review or any other.
%
%   Example
%     touchtrain.trainInBackground('set', 'model.h5', 'MaxEpochs', 20);
%     job = touchtrain.attach('model.h5');
%     [history, modelPath] = fetchOutputs(job);
%
%   See also touchtrain.jobs, touchtrain.TrainingJob, touchtrain.stop, touchtrain.cancel, touchtrain.resume
if nargin > 0
    given = touchtrain.internal.jobs.jobInputs(job);
else
    given = touchtrain.internal.jobs.jobInputs();
end
answer = touchtrain.internal.python.askPython('job_to_attach', given{:});
if ~isempty(answer.said)
    touchtrain.internal.values.show('%s\n', answer.said{:});
end
job = touchtrain.TrainingJob(answer.job.folder);
end
