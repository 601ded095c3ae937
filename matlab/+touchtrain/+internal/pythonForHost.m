function [executable, note] = pythonForHost(job, range)
% PYTHONFORHOST  Choose the Python that py. runs in, and set pyenv.
%
%   [EXECUTABLE, NOTE] = PYTHONFORHOST(JOB, RANGE): JOB are the facts of the Python of the trainings, RANGE the
%   [lowest highest] minor version that this MATLAB loads, [] in Octave, where any will do. py. needs only NumPy, so
%   it may be another Python than that of the trainings. NOTE is '' or a sentence for the user.
note = '';
now = touchtrain.internal.currentPython();
executable = now.executable;
if now.isLoaded
    if ~strcmp(executable, job.executable)
        note = otherLoaded(executable, job.executable, now.isInProcess);
    end
elseif isempty(range) || (job.version(2) >= range(1) && job.version(2) <= range(2))
    executable = job.executable;
else
    executable = otherPython(executable, job, range);
    note = sprintf('This MATLAB loads no Python %d.%d, so py. runs in another one than the trainings.', job.version);
end
if ~strcmp(now.executable, executable)
    pyenv('Version', executable);
end
end

function note = otherLoaded(loaded, wanted, isInProcess)
remedy = 'type terminate(pyenv) and call touchtrain.setup again';
if isInProcess
    remedy = 'restart MATLAB and call touchtrain.setup before anything that uses py';
end
note = sprintf('Python is loaded already, and stays %s. To have %s instead, %s.', loaded, wanted, remedy);
end

function executable = otherPython(current, job, range)
% A Python of a version that MATLAB loads, with NumPy.
names = {current};
for minor = range(2):-1:range(1)
    names{end + 1} = sprintf('python3.%d', minor); %#ok<AGROW>
end
for k = 1:numel(names)
    if ~isempty(names{k})
        facts = touchtrain.internal.pythonFacts(names{k});
        if facts.ok && facts.version(1) == 3 && facts.version(2) >= range(1) && facts.version(2) <= range(2) && ...
                ~any(strcmp(facts.missing, 'numpy'))
            executable = facts.executable;
            return
        end
    end
end
versions = sprintf('3.%d', range(1));
if range(2) > range(1)
    versions = sprintf('3.%d to 3.%d', range);
end
error('TouchTrain:PythonNotFound', ...
    ['This MATLAB loads Python %s, and %s is Python %d.%d. Make the environment with a Python that MATLAB loads, ' ...
    'or install NumPy into a Python %s and call pyenv(''Version'', ''its path'') first.'], versions, ...
    job.executable, job.version, versions);
end
