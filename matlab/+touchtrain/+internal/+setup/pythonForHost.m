function [executable, note] = pythonForHost(job, range, isChosen)
% PYTHONFORHOST  Choose the Python that py. runs in, and set pyenv if need be.
%
%   [EXECUTABLE, NOTE] = PYTHONFORHOST(JOB, RANGE, ISCHOSEN): JOB is the output of PYTHONFACTS for the training Python,
%   RANGE the [lowest highest] minor version that this MATLAB can load ([] in Octave: any). py. needs only NumPy, so it
%   can be a different Python from the one used for training. MATLAB keeps the setting of pyenv for later sessions, so a
%   Python that is set and suitable stays, unless ISCHOSEN says that the user named another one (default false). NOTE is
%   '' or a text for the user.
note = '';
now = touchtrain.internal.setup.currentPython();
executable = now.executable;
fault = touchtrain.internal.setup.hostFault(job, range);
if now.isLoaded
    isChosen = nargin > 2 && isChosen;
    if ~touchtrain.internal.setup.samePython(executable, job.executable) && (isChosen || ~isSuitable(executable, range))
        note = touchtrain.internal.python.explainPython('Python is loaded', now, job.executable, range);
    end
    return
elseif isempty(fault) && (isempty(range) || nargin > 2 && isChosen || ~isSuitable(executable, range))
    executable = job.executable;
elseif ~isempty(fault)
    executable = otherPython(executable, job, range, fault);
    note = sprintf('%s %s, so py. runs in a different Python from trainings.', job.executable, fault);
end
if ~touchtrain.internal.setup.samePython(now.executable, executable)
    choose(executable, now, range);
    if ~isempty(range) && ~isempty(now.executable)
        change = sprintf(['pyenv was %s; MATLAB keeps the new setting for later sessions. To set it back, type ' ...
            'pyenv(''Version'', %s) in a new session.'], now.executable, ...
            touchtrain.internal.values.inQuotes(now.executable));
        note = strtrim(sprintf('%s\n%s', note, change));
    end
end
end

function choose(executable, now, range)
% Set pyenv, and explain MATLAB's short error message if it fails.
try
    pyenv('Version', executable);
catch err
    parts = {sprintf('pyenv does not accept %s: %s', executable, err.message), ...
        touchtrain.internal.python.explainPython([err.identifier ' ' err.message], now, executable, range)};
    touchtrain.internal.values.fail('TouchTrain:PythonNotFound', ...
        '%s', strjoin(parts(~cellfun(@isempty, parts)), sprintf('\n')));
end
end

function [tf, facts] = isSuitable(executable, range)
% Whether MATLAB can load a Python, and it has NumPy.
tf = false;
if ~isempty(executable)
    facts = touchtrain.internal.python.pythonFacts(executable);
    tf = isempty(touchtrain.internal.setup.hostFault(facts, range)) && ~any(strcmp(facts.missing, 'numpy'));
end
end

function executable = otherPython(current, job, range, fault)
% Find a Python with NumPy that MATLAB can load.
if isSuitable(current, range)
    executable = current;
    return
end
for candidate = touchtrain.internal.setup.installedPythons(range(2):-1:range(1))
    [tf, facts] = isSuitable(candidate{1}, range);
    if tf
        executable = facts.executable;
        return
    end
end
versions = touchtrain.internal.setup.pythonVersions(range);
touchtrain.internal.values.fail('TouchTrain:PythonNotFound', ...
    ['%s %s. Create the environment with Python %s, or install NumPy in a Python %s and first call ' ...
    'pyenv(''Version'', ''its path'').'], job.executable, fault, versions, versions);
end
