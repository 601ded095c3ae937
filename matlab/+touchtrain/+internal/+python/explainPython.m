function text = explainPython(message, now, wanted, range)
% EXPLAINPYTHON  Explain an error that occurred while connecting to Python, and how to fix it.
%
%   TEXT = EXPLAINPYTHON(MESSAGE, NOW, WANTED, RANGE): MESSAGE is the message of MATLAB, Python or the operating system,
%   NOW the output of CURRENTPYTHON, WANTED the path of the Python that was requested, RANGE the [lowest highest] minor
%   version that this MATLAB can load ([] in Octave). TEXT is one to three sentences, or '' for an unknown message.
rows = {'(?i)python is loaded|PythonLoaded|cannot be changed', loaded(now, wanted); ...
    '(?i)supported version of CPython|python .{0,60}not supported|unsupported (version of )?python', ...
    @() unsupported(now, wanted, range); ...
    '(?i)Microsoft Store', ['This "python" is only a shortcut to the Microsoft Store. Install Python 3.12 from ' ...
    'python.org.']; ...
    'GLIBCXX_|CXXABI_|libstdc\+\+', compilerLibrary(now); ...
    '(?i)DLL load failed|msvcp\d|vcruntime\d', missingDll(now); ...
    'libffi|_ctypes', ['The library libffi is missing, or Python and MATLAB need different versions of it. ' ...
    'On Debian and Ubuntu, install it with "sudo apt install libffi8". If it is installed, ' outOfProcess()]; ...
    'undefined symbol|Symbol not found', ['A MATLAB library was loaded instead of one that Python needs, or ' ...
    'incompatible packages are installed. First, ' outOfProcess() ' If that does not help, create the ' ...
    'environment again.']; ...
    'error while loading shared libraries|cannot open shared object|Library not loaded', ['A library that this ' ...
    'Python needs is missing; the message shows its name. Install it, or use a Python from python.org.']; ...
    'is not a package', ['Another module called pyside is before TouchTrain on the Python search path. Remove it ' ...
    'from the path. ' loaded(now, '')]; ...
    'No module named ''?numpy', ['NumPy is not installed in the Python that py. runs in. In a terminal, run ' ...
    touchtrain.internal.setup.pipCommand('install numpy', now.executable)]; ...
    'SyntaxError|TouchTrain requires Python', ['The Python that py. runs in, ' now.executable ', is too old. ' ...
    'TouchTrain requires 3.10 or later. ' loaded(now, wanted)]};
text = '';
for k = 1:size(rows, 1)
    if ~isempty(regexp(message, rows{k, 1}, 'once'))
        text = rows{k, 2};
        if isa(text, 'function_handle')
            text = text();
        end
        return
    end
end
end

function text = loaded(now, wanted)
text = sprintf('Python %s is already loaded in this session.', now.executable);
if isempty(wanted)
    wanted = 'a new Python';
end
remedy = 'type terminate(pyenv) and call touchtrain.setup again';
if now.isInProcess
    remedy = 'restart MATLAB and call touchtrain.setup before any command that uses Python';
    text = [text ' MATLAB cannot unload a Python that runs in its own process.'];
end
text = sprintf('%s To use %s instead, %s.', text, wanted, remedy);
end

function text = unsupported(now, wanted, range)
% MATLAB says the same if no Python is set, if it cannot load its library, and if it is for other processors.
one = 'a supported Python';
if ~isempty(range)
    one = ['Python ' touchtrain.internal.setup.pythonVersions(range) ' (64 bits, from python.org)'];
end
python = wanted;
if isempty(wanted)
    python = now.executable;
end
text = 'No Python is set in pyenv';
if ~isempty(python) && isempty(range)
    text = sprintf('The Python version of %s is not supported', python);
elseif ~isempty(python)
    text = sprintf('This MATLAB cannot load %s', python);
    facts = touchtrain.internal.python.pythonFacts(python);
    fault = touchtrain.internal.setup.hostFault(facts, range);
    if ~facts.ok
        text = sprintf('%s: its version is not supported', text);
    elseif ~isempty(fault)
        text = sprintf('%s: it %s', text, fault);
    elseif isempty(facts.library)
        text = sprintf(['%s, although its version (%d.%d) is supported: it has no shared library. On Debian and ' ...
            'Ubuntu, this is the package libpython%d.%d; if Python is built from source, set the option ' ...
            '--enable-shared'], text, facts.version, facts.version);
    else
        text = sprintf(['%s, although its version (%d.%d) is supported: its library is damaged or for other ' ...
            'processors. It is %s; compare it with the property Library of pyenv'], text, facts.version, facts.library);
    end
end
text = sprintf(['%s. Install %s with NumPy, call pyenv(''Version'', ''its path'') in a new session, and then ' ...
    'touchtrain.setup. Trainings can use a different Python.'], text, one);
end

function text = missingDll(now)
folder = fileparts(now.executable);
libraries = fullfile(folder, 'Library', 'bin');
if isfolder(fullfile(folder, 'conda-meta')) && isempty(strfind(getenv('PATH'), libraries))
    text = sprintf(['%s belongs to a conda environment that is not activated, so its libraries in %s are not ' ...
        'found. Start MATLAB from a prompt in which the environment is activated, or, in a new session, type ' ...
        'setenv(''PATH'', [%s getenv(''PATH'')]) before touchtrain.setup.'], now.executable, libraries, ...
        touchtrain.internal.values.inQuotes([libraries pathsep()]));
    return
end
text = ['The Microsoft Visual C++ runtime library is missing or too old, or the copy in MATLAB conflicts with it. ' ...
    'Install it from https://aka.ms/vs/17/release/vc_redist.x64.exe and restart MATLAB. If that does not help, ' ...
    outOfProcess()];
end

function text = compilerLibrary(now)
text = ['The C++ library libstdc++ is missing or older than a Python package requires. Update the system library ' ...
    '(Debian, Ubuntu: sudo apt install libstdc++6), or in conda: conda install -c conda-forge libstdcxx-ng.'];
if ~touchtrain.internal.values.isOctave()
    text = 'The C++ library libstdc++ in MATLAB is older than a Python package requires. ';
    if now.isInProcess
        text = [text 'Restart MATLAB and ' outOfProcess() ' If that does not help, start '];
    else
        text = [text 'Start '];
    end
    text = [text 'MATLAB from a terminal with LD_PRELOAD=/usr/lib/x86_64-linux-gnu/libstdc++.so.6 matlab. ' ...
        '"ldconfig -p" prints the path of libstdc++.so.6 on your system.'];
end
end

function text = outOfProcess()
text = 'type pyenv(''ExecutionMode'', ''OutOfProcess'') in a new session, before touchtrain.setup.';
end
