function result = runJob(pairs, varargin)
% RUNJOB  Start a job, show its progress until it ends, and return its result.
%
%   RESULT = RUNJOB(PAIRS, NAME, ARGUMENT, ...) takes the inputs of STARTJOB; the options Verbose and Plots set what is
%   shown. RESULT is the output of JOBRESULT plus folder, the folder of the job. Ctrl+C leaves the job running and
%   prints how to control it.
job = touchtrain.internal.jobs.startJob(pairs, varargin{:});
how = touchtrain.internal.jobs.watchOptions({ ...
    'Verbose', touchtrain.internal.options.optionValue(pairs, 'Verbose', true), ...
    'Plots', touchtrain.internal.options.optionValue(pairs, 'Plots', 'none')});
touchtrain.internal.jobs.watchJob(job, how);
result = touchtrain.internal.jobs.jobResult(job.folder);
result.folder = job.folder;
end
