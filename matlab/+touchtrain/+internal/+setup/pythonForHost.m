function [executable, note] = pythonForHost(job, range)
% PYTHONFORHOST  Choose the Python that py. runs in, and set pyenv.
%
%   [EXECUTABLE, NOTE] = PYTHONFORHOST(JOB, RANGE): JOB is the output of PYTHONFACTS for the training Python, RANGE the
%   [lowest highest] minor version that this MATLAB can load ([] in Octave: any). py. needs only NumPy, so it can be a
%   different Python from the one used for training. NOTE is '' or a sentence for the user.
note = '';
now = touchtrain.internal.setup.currentPython();
executable = now.executable;
if now.isLoaded
    if ~strcmp(executable, job.executable)
        note = touchtrain.internal.python.explainPython('Python is loaded', now, job.executable, range);
    end
elseif isempty(range) || (job.version(2) >= range(1) && job.version(2) <= range(2))
    executable = job.executable;
else
    executable = otherPython(executable, job, range);
    note = sprintf('This MATLAB does not support Python %d.%d, so py. runs in a different Python from trainings.', ...
        job.version);
end
if ~strcmp(now.executable, executable)
    choose(executable, now, range);
end
end

function choose(executable, now, range)
% Set pyenv, and explain MATLAB's short error message if it fails.
try
    pyenv('Version', executable);
catch err
    parts = {sprintf('pyenv does not accept %s: %s', executable, err.message), ...
        touchtrain.internal.python.explainPython([err.identifier ' ' err.message], now, executable, range)};
    error('TouchTrain:PythonNotFound', '%s', strjoin(parts(~cellfun(@isempty, parts)), sprintf('\n')));
end
end

function executable = otherPython(current, job, range)
% Find a Python with NumPy, of a version that MATLAB supports.
names = {current};
for minor = range(2):-1:range(1)
    names{end + 1} = sprintf('python3.%d', minor); %#ok<AGROW>
end
for k = 1:numel(names)
    if ~isempty(names{k})
        facts = touchtrain.internal.python.pythonFacts(names{k});
        if facts.ok && facts.version(1) == 3 && facts.version(2) >= range(1) && facts.version(2) <= range(2) && ...
                ~any(strcmp(facts.missing, 'numpy'))
            executable = facts.executable;
            return
        end
    end
end
versions = touchtrain.internal.setup.pythonVersions(range);
error('TouchTrain:PythonNotFound', ...
    ['This MATLAB supports Python %s, but %s is Python %d.%d. Create the environment with a supported Python, ' ...
    'or install NumPy in Python %s and first call pyenv(''Version'', ''its path'').'], versions, ...
    job.executable, job.version, versions);
end
