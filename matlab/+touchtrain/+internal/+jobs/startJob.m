function job = startJob(pairs, varargin)
% STARTJOB  Start a job in a process of its own.
%
%   JOB = STARTJOB(PAIRS, NAME, ARGUMENT, ...) starts it by askPython(NAME, ARGUMENT, ..., options as JSON); PAIRS is
%   the row of options that NAMEVALUES gives. JOB is its status: a struct with folder, stop_file, makes, command ...
jobFolder = touchtrain.internal.options.optionValue(pairs, 'JobFolder', []);
if ~isempty(jobFolder)
    pairs = [pairs, {'JobFolder', touchtrain.internal.values.absolutePath(jobFolder, 'JobFolder')}];
end
job = touchtrain.internal.python.askPython(varargin{:}, touchtrain.internal.options.optionsJson(pairs));
end
