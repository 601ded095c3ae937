function job = startJob(pairs, varargin)
% STARTJOB  Start a job in a separate process.
%
%   JOB = STARTJOB(PAIRS, COMMAND, ARGUMENT, ...) starts COMMAND, such as 'train', with these arguments. PAIRS is the
%   row of options that NAMEVALUES returns. JOB is the status of the job: a struct with folder, stop_file, makes,
%   command and others.
jobFolder = touchtrain.internal.options.optionValue(pairs, 'JobFolder', []);
if touchtrain.internal.values.isBlank(jobFolder) && ~isempty(jobFolder)
    pairs = [pairs, {'JobFolder', []}];
elseif ~isempty(jobFolder)
    pairs = [pairs, {'JobFolder', touchtrain.internal.values.absolutePath(jobFolder, 'JobFolder')}];
end
job = touchtrain.internal.python.askPython('start_job', varargin{:}, touchtrain.internal.options.optionsJson(pairs));
end
