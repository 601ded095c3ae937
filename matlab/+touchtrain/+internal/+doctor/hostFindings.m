function findings = hostFindings()
% HOSTFINDINGS  What the doctor finds that only MATLAB knows: itself, and the Python that py. runs in.
%
%   FINDINGS = HOSTFINDINGS() is a 1-by-2 struct: topic, state ('ok', 'note' or 'wrong'), text, remedy ('' where none
%   is needed). A Python that is not loaded yet is not loaded for it.
[host, range, release] = touchtrain.internal.setup.hostRelease();
findings = touchtrain.internal.doctor.finding('MATLAB', 'ok', host, '');
if ~isempty(release) && isempty(range)
    findings = touchtrain.internal.doctor.finding('MATLAB', 'wrong', ...
        [host ', which loads no Python newer than 3.9'], ...
        'TouchTrain needs MATLAB R2022b or later, or GNU Octave, or the command line alone.');
elseif ~isempty(range)
    findings.text = sprintf('%s, which loads Python %s', host, touchtrain.internal.setup.pythonVersions(range));
end
now = touchtrain.internal.setup.currentPython();
if now.isLoaded
    findings(2) = loadedPython(now, range);
else
    findings(2) = pythonToBe(now, range);
end
end

function found = loadedPython(now, range)
mode = 'in a process of its own';
if now.isInProcess
    mode = 'in the process of MATLAB';
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

function found = pythonToBe(now, range)
remedy = 'Call touchtrain.setup, which chooses one.';
if isempty(now.executable)
    found = touchtrain.internal.doctor.finding('py.', 'note', 'pyenv has no Python yet', remedy);
    return
end
facts = touchtrain.internal.python.pythonFacts(now.executable);
text = sprintf('%s (Python %d.%d), not loaded yet', facts.executable, facts.version);
if ~facts.ok
    found = touchtrain.internal.doctor.finding('py.', 'note', facts.fault, remedy);
elseif ~isempty(range) && (facts.version(1) ~= 3 || facts.version(2) < range(1) || facts.version(2) > range(2))
    found = touchtrain.internal.doctor.finding('py.', 'note', [text '; this MATLAB does not load it'], remedy);
elseif any(strcmp(facts.missing, 'numpy'))
    found = touchtrain.internal.doctor.finding('py.', 'note', [text '; it lacks NumPy'], remedy);
else
    found = touchtrain.internal.doctor.finding('py.', 'ok', text, '');
end
end
