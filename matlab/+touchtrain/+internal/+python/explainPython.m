function text = explainPython(message, now, wanted, range)
% EXPLAINPYTHON  What an error on the way to Python means, and the way out of it, in a sentence or three.
%
%   TEXT = EXPLAINPYTHON(MESSAGE, NOW, WANTED, RANGE): MESSAGE is what MATLAB, Python or the system said, NOW the Python
%   of py. as CURRENTPYTHON gives it, WANTED the one that was to be (a path), RANGE the [lowest highest] minor version
%   that this MATLAB loads, [] in Octave. TEXT is '' where nothing more is known than the message says.
rows = {'(?i)python is loaded|loaded already|PythonLoaded|cannot be changed', loaded(now, wanted); ...
    '(?i)supported version of CPython|python .{0,60}not supported|unsupported (version of )?python', ...
    unsupported(wanted, range); ...
    'GLIBCXX_|CXXABI_|libstdc\+\+', compilerLibrary(now); ...
    '(?i)DLL load failed|msvcp\d|vcruntime\d', ['The compiler library of Microsoft Visual C++ is missing or too ' ...
    'old, or MATLAB''s own stands in its way. Install it from https://aka.ms/vs/17/release/vc_redist.x64.exe and ' ...
    'restart MATLAB. If that does not help, ' outOfProcess()]; ...
    'libffi|_ctypes', ['This Python and MATLAB do not agree on the library libffi, or it is missing. ' ...
    'On Debian and Ubuntu "sudo apt install libffi8" installs it. If it is there, ' outOfProcess()]; ...
    'undefined symbol|Symbol not found', ['A library of MATLAB was loaded in the place of one that Python needs, ' ...
    'or packages that do not fit each other are mixed. First ' outOfProcess() ' Else make the environment anew.']; ...
    'error while loading shared libraries|cannot open shared object|Library not loaded', ['A library that this ' ...
    'Python needs is missing; its name stands in the message. Install it, or take a Python from python.org.']; ...
    'is not a package', ['Something else that is called pyside was loaded before TouchTrain. Take it off the path ' ...
    'of Python. ' loaded(now, '')]; ...
    'No module named ''?numpy', ['py. needs NumPy in the Python that it runs in. In a terminal: "' now.executable ...
    '" -m pip install numpy']; ...
    'SyntaxError', ['The Python that py. runs in, ' now.executable ', is too old: TouchTrain needs 3.10 there. ' ...
    loaded(now, wanted)]};
text = '';
for k = 1:size(rows, 1)
    if ~isempty(regexp(message, rows{k, 1}, 'once'))
        text = rows{k, 2};
        return
    end
end
end

function text = loaded(now, wanted)
text = sprintf('Python is loaded already, and stays %s in this session.', now.executable);
if isempty(wanted)
    wanted = 'a new one';
end
remedy = 'type terminate(pyenv) and call touchtrain.setup again';
if now.isInProcess
    remedy = 'restart MATLAB and call touchtrain.setup before anything that uses py';
    text = [text ' MATLAB cannot unload a Python that runs in its own process.'];
end
text = sprintf('%s To have %s instead, %s.', text, wanted, remedy);
end

function text = unsupported(wanted, range)
one = 'a Python that it supports';
if ~isempty(range)
    one = ['Python ' touchtrain.internal.setup.pythonVersions(range) ' (64 bits, from python.org)'];
end
text = 'This MATLAB does not load this version of Python';
if ~isempty(wanted)
    text = sprintf('This MATLAB does not load the version of %s', wanted);
end
text = sprintf(['%s. Install %s and NumPy into it, call pyenv(''Version'', ''its path'') in a new session, and ' ...
    'touchtrain.setup after that: trainings may keep another Python.'], text, one);
end

function text = compilerLibrary(now)
text = ['The compiler library libstdc++ that is found first is missing or older than a package of Python needs. ' ...
    'Update that of the system (Debian, Ubuntu: sudo apt install libstdc++6), or in conda: conda install -c ' ...
    'conda-forge libstdcxx-ng.'];
if ~touchtrain.internal.values.isOctave()
    text = ['MATLAB brings a compiler library libstdc++ that is older than a package of Python needs. '];
    if now.isInProcess
        text = [text 'Restart MATLAB and ' outOfProcess() ' If that does not help, start '];
    else
        text = [text 'Start '];
    end
    text = [text 'MATLAB from a terminal by LD_PRELOAD=/usr/lib/x86_64-linux-gnu/libstdc++.so.6 matlab, with the ' ...
        'path that "ldconfig -p" tells of the system''s libstdc++.so.6.'];
end
end

function text = outOfProcess()
text = 'type pyenv(''ExecutionMode'', ''OutOfProcess'') in a new session, before touchtrain.setup.';
end
