function result = runJob(pairs, varargin)
% RUNJOB  Start a job, show how far it is until it ends, and return what it made.
%
%   RESULT = RUNJOB(PAIRS, NAME, ARGUMENT, ...): as STARTJOB; of the options Verbose and Plots say what is shown. RESULT
%   is as JOBRESULT returns it, and has the folder of the job. Ctrl-C lets the job go on, and it is said where.
job = touchtrain.internal.jobs.startJob(pairs, varargin{:});
how = touchtrain.internal.jobs.watchOptions({ ...
    'Verbose', touchtrain.internal.options.optionValue(pairs, 'Verbose', true), ...
    'Plots', touchtrain.internal.options.optionValue(pairs, 'Plots', 'none')});
touchtrain.internal.jobs.watchJob(job, how);
result = touchtrain.internal.jobs.jobResult(job.folder);
result.folder = job.folder;
end
