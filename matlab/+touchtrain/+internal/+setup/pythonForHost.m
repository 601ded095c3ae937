function [executable, note] = pythonForHost(job, range)
% PYTHONFORHOST  Choose the Python that py. runs in, and set pyenv.
%
%   [EXECUTABLE, NOTE] = PYTHONFORHOST(JOB, RANGE): JOB are the facts of the Python of the trainings, RANGE the
%   [lowest highest] minor version that this MATLAB loads, [] in Octave, where any will do. py. needs only NumPy, so
%   it may be another Python than that of the trainings. NOTE is '' or a sentence for the user.
note = '';
now = touchtrain.internal.setup.currentPython();
executable = now.executable;
if now.isLoaded
    if ~strcmp(executable, job.executable)
        note = touchtrain.internal.python.explainPython('loaded already', now, job.executable, range);
    end
elseif isempty(range) || (job.version(2) >= range(1) && job.version(2) <= range(2))
    executable = job.executable;
else
    executable = otherPython(executable, job, range);
    note = sprintf('This MATLAB loads no Python %d.%d, so py. runs in another one than the trainings.', job.version);
end
if ~strcmp(now.executable, executable)
    choose(executable, now, range);
end
end

function choose(executable, now, range)
% Set pyenv; why it refuses, MATLAB says shortly.
try
    pyenv('Version', executable);
catch err
    parts = {sprintf('pyenv does not take %s: %s', executable, err.message), ...
        touchtrain.internal.python.explainPython([err.identifier ' ' err.message], now, executable, range)};
    error('TouchTrain:PythonNotFound', '%s', strjoin(parts(~cellfun(@isempty, parts)), sprintf('\n')));
end
end

function executable = otherPython(current, job, range)
% A Python of a version that MATLAB loads, with NumPy.
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
    ['This MATLAB loads Python %s, and %s is Python %d.%d. Make the environment with a Python that MATLAB loads, ' ...
    'or install NumPy into a Python %s and call pyenv(''Version'', ''its path'') first.'], versions, ...
    job.executable, job.version, versions);
end
