function job = startJob(pairs, varargin)
% STARTJOB  Start a job in a process of its own.
%
%   JOB = STARTJOB(PAIRS, COMMAND, ARGUMENT, ...) starts COMMAND, such as 'train', with these arguments; PAIRS is the
%   row of options that NAMEVALUES returns. JOB is its status: a struct with folder, stop_file, makes, command ...
jobFolder = touchtrain.internal.options.optionValue(pairs, 'JobFolder', []);
if ~isempty(jobFolder)
    pairs = [pairs, {'JobFolder', touchtrain.internal.values.absolutePath(jobFolder, 'JobFolder')}];
end
job = touchtrain.internal.python.askPython('start_job', varargin{:}, touchtrain.internal.options.optionsJson(pairs));
end
