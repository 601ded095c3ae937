function findings = hostFindings()
% HOSTFINDINGS  Findings on MATLAB itself and on the Python that py. runs in.
%
%   FINDINGS = HOSTFINDINGS() is a 1-by-2 struct: topic, state ('ok', 'note' or 'wrong'), text, remedy ('' if none is
%   needed). It does not load Python.
[host, range, release] = touchtrain.internal.setup.hostRelease();
findings = touchtrain.internal.doctor.finding('MATLAB', 'ok', host, '');
if ~isempty(release) && isempty(range)
    findings = touchtrain.internal.doctor.finding('MATLAB', 'wrong', ...
        [host ', which supports Python 3.9 at most'], ...
        'Use MATLAB R2022b or later, GNU Octave, or the command line.');
elseif ~isempty(range)
    findings.text = sprintf('%s, which supports Python %s', host, touchtrain.internal.setup.pythonVersions(range));
end
now = touchtrain.internal.setup.currentPython();
if now.isLoaded
    findings(2) = loadedPython(now, range);
else
    findings(2) = unloadedPython(now, range);
end
end

function found = loadedPython(now, range)
mode = 'in a separate process';
if now.isInProcess
    mode = 'in the MATLAB process';
end
try
    about = touchtrain.internal.python.askPython('about');
    found = touchtrain.internal.doctor.finding('py.', 'ok', sprintf('Python %s with NumPy %s, %s, loaded %s', ...
        about.python_version, about.numpy, now.executable, mode), '');
catch err
    remedy = touchtrain.internal.python.explainPython(err.message, now, '', range);
    if isempty(remedy)
        remedy = 'Call touchtrain.setup.';
    end
    found = touchtrain.internal.doctor.finding('py.', 'wrong', sprintf('%s, loaded %s: %s', now.executable, mode, ...
        err.message), remedy);
end
end

function found = unloadedPython(now, range)
remedy = 'Call touchtrain.setup to choose a Python.';
if isempty(now.executable)
    found = touchtrain.internal.doctor.finding('py.', 'note', 'pyenv is not set', remedy);
    return
end
facts = touchtrain.internal.python.pythonFacts(now.executable);
text = sprintf('%s (Python %d.%d), not loaded yet', facts.executable, facts.version);
if ~facts.ok
    found = touchtrain.internal.doctor.finding('py.', 'note', facts.fault, remedy);
elseif touchtrain.internal.setup.isTooOld(facts.version)
    found = touchtrain.internal.doctor.finding('py.', 'wrong', [text '; TouchTrain requires 3.10 or later'], remedy);
elseif ~isempty(touchtrain.internal.setup.hostFault(facts, range))
    found = touchtrain.internal.doctor.finding('py.', 'note', ...
        [facts.executable ' ' touchtrain.internal.setup.hostFault(facts, range)], remedy);
elseif any(strcmp(facts.missing, 'numpy'))
    found = touchtrain.internal.doctor.finding('py.', 'note', [text '; NumPy is not installed'], remedy);
else
    found = touchtrain.internal.doctor.finding('py.', 'ok', text, '');
end
end
