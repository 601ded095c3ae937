function cancel(job)
% CANCEL  End a job at once.
%
%   touchtrain.cancel ends the latest job that runs on this computer, also in the cloud, and prints which one that was
%   and what is kept. A training writes no model, and its last checkpoint is kept; conversions, curations, searches and
%   uploads keep what is complete. touchtrain.resume continues from there.
%   touchtrain.cancel(JOB) ends JOB: its number or its name, as touchtrain.jobs shows them, its folder (char or string),
%   or a touchtrain.TrainingJob. A job that has ended is no error.
%
%   A job that another computer runs can be cancelled only there; touchtrain.stop stops it from here.
%
%   Example
%     touchtrain.trainInBackground('set', 'model.h5', 'MaxEpochs', 20);
%     touchtrain.cancel('model.h5');
%
%   See also touchtrain.jobs, touchtrain.stop, touchtrain.attach, touchtrain.resume
if nargin > 0
    given = touchtrain.internal.jobs.jobInputs(job);
else
    given = touchtrain.internal.jobs.jobInputs();
end
answer = touchtrain.internal.python.askPython('cancel_job', given{:});
touchtrain.internal.values.show('%s\n', answer.said{:});
end
