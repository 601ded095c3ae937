function test_mark_machine()
% What MATLAB's own path, shell and processor are, by which setup looks for a Python and asks it.
python = getenv('TOUCHTRAIN_PYTHON');
facts = touchtrain.internal.python.pythonFacts(python);
[~, range] = touchtrain.internal.setup.hostRelease();
mark('What setup knows of the Python of jobs', @() sprintf('%d.%d, %s, %d bits, %s, %s', facts.version, ...
    facts.machine, facts.bits, facts.kind, facts.base));
mark('Its shared library, and the one of pyenv', @() [facts.library ', ' char(getfield(pyenv(), 'Library'))]);
mark('Architecture of this host', @() computer('arch'));
mark('What setup says of the Python of jobs', @() ['it ' touchtrain.internal.setup.hostFault(facts, range) ', end']);
mark('Pythons that setup finds here', @() strjoin(touchtrain.internal.setup.installedPythons([12 11 13]), ', '));
mark('Shell of system', @() [getenv('MATLAB_SHELL') ', ' getenv('SHELL')]);
mark('PATH', @() getenv('PATH'));
mark('Codes of a printed letter beyond ASCII, as system returns it', @() printed_letter(python));
assert(facts.ok && isfile(facts.executable));

% Nothing of ours shadows MATLAB's pyenv, and Python's processes know where they run.
if ~touchtrain.internal.values.isOctave()
    assert(isempty(which('pyproxy')));
    mark('Where pyenv and pyargs come from', @() [which('pyenv') ', ' which('pyargs')]);
end
probe = marks_python();
mark('Whether a job may leave the job object of the host', @() char(probe.breakaway()));
mark('Type hints of pyside.train', @() char(probe.hints()));
end

function text = printed_letter(python)
[~, answer] = touchtrain.internal.python.runClean(python, {'-c', 'print(chr(252))'});
text = mat2str(double(strtrim(answer)));
end
