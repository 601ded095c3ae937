function job = startJob(pairs, varargin)
% STARTJOB  Start a job in a separate process.
%
%   JOB = STARTJOB(PAIRS, COMMAND, ARGUMENT, ...) starts COMMAND, such as 'train', with these arguments. PAIRS is the
%   row of options that NAMEVALUES returns. JOB is the status of the job: a struct with folder, stop_file, makes,
%   command and others.
for k = 1:2:numel(pairs)
    if strcmpi(pairs{k}, 'JobFolder')
        pairs{k + 1} = touchtrain.internal.options.optionalPath(pairs{k + 1}, 'JobFolder');
    end
end
job = touchtrain.internal.python.askPython('start_job', varargin{:}, touchtrain.internal.options.optionsJson(pairs));
end
