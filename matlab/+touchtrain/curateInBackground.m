function job = curateInBackground(model, videos, varargin)
% CURATEINBACKGROUND  Start marking videos in the background.
%
%   JOB = touchtrain.curateInBackground(MODEL, VIDEOS) starts the same curation as touchtrain.curate and returns
%   immediately. Errors in the inputs or options are raised before it starts. JOB is a touchtrain.TrainingJob: JOB.State
%   and JOB.Progress show its status; wait(JOB), stop(JOB), cancel(JOB) and [MARKS, SESSION] = fetchOutputs(JOB) control
%   it. The curation continues when you clear JOB or exit MATLAB; touchtrain.attach attaches to it again.
%
%   ... = touchtrain.curateInBackground(..., 'Name', value, ...) sets the options of touchtrain.curate. 'Verbose' is
%   accepted and ignored; pass it to wait or fetchOutputs instead. 'ContactArray' must be a .mat file; with a variable,
%   call touchtrain.writeContacts with SESSION.
%
%   Example
%     job = touchtrain.curateInBackground('model.h5', 'example/videos', 'Output', 'marked');
%     wait(job, 60);
%     [marks, session] = fetchOutputs(job);
%
%   See also touchtrain.curate, touchtrain.TrainingJob, touchtrain.resume, touchtrain.options
touchtrain.internal.options.requireInputs(nargin, 2, ...
    'touchtrain.curateInBackground(model, videos, ''Name'', value, ...)');
[given, pairs, remover] = touchtrain.internal.curation.curationInputs(model, videos, varargin); %#ok<ASGLU>
started = touchtrain.internal.jobs.startJob(pairs, 'curate', given{:});
job = touchtrain.TrainingJob(started.folder);
end
