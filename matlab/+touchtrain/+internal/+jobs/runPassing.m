function [report, isVerbose] = runPassing(pairs, varargin)
% RUNPASSING  Run a job of which nothing is kept, show its progress, and return its report.
%
%   [REPORT, ISVERBOSE] = RUNPASSING(PAIRS, NAME, ARGUMENT, ...) takes the inputs of STARTJOB. ISVERBOSE is the value of
%   the option Verbose. The folder of the job is removed once it has ended.
job = touchtrain.internal.jobs.startJob(pairs, varargin{:});
guard = onCleanup(@() touchtrain.internal.jobs.removeEnded(job.folder)); %#ok<NASGU>
isVerbose = touchtrain.internal.options.isOn(pairs, 'Verbose', true);
touchtrain.internal.jobs.watchJob(job, touchtrain.internal.jobs.watchOptions({'Verbose', isVerbose, 'Plots', 'none'}));
result = touchtrain.internal.jobs.jobResult(job.folder);
report = result.report;
end
