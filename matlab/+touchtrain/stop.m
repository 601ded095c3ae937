function stop(job)
% STOP  End a job gently, so that what it has done so far is kept.
%
%   touchtrain.stop asks the latest job that runs on this computer to stop, and prints which one that is and what is
%   kept: a training finishes its batch and saves the best model so far, a search keeps the best model so far, a
%   conversion keeps complete recordings, a curation the videos that are marked, an upload what was sent, a review all
%   corrections. The function returns at once.
%   touchtrain.stop(JOB) stops JOB: its number or its name, as touchtrain.jobs shows them, its folder (char or string),
%   or a touchtrain.TrainingJob. A job that has ended is no error.
%
%   A job that another computer runs from a shared drive stops, too, if JOB is its folder.
%
%   Example
%     touchtrain.trainInBackground('set', 'model.h5', 'MaxEpochs', 20);
%     touchtrain.stop('model.h5');
%
%   See also touchtrain.jobs, touchtrain.cancel, touchtrain.attach, touchtrain.resume
if nargin > 0
    given = touchtrain.internal.jobs.jobInputs(job);
else
    given = touchtrain.internal.jobs.jobInputs();
end
answer = touchtrain.internal.python.askPython('stop_job', given{:});
touchtrain.internal.values.show('%s\n', answer.said{:});
end
