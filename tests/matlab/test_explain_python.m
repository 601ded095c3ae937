function test_explain_python()
% What goes wrong on the way to Python is explained, with the way out.
inside = struct('executable', '/usr/bin/python3.9', 'isLoaded', true, 'isInProcess', true);
outside = struct('executable', '/usr/bin/python3.9', 'isLoaded', true, 'isInProcess', false);
wanted = '/lab/.venv/bin/python';
check = @(message, now, varargin) expect_has( ...
    touchtrain.internal.python.explainPython(message, now, wanted, [10 12]), varargin);

check('MATLAB:Pyversion:PythonLoaded Python is loaded.', inside, '/usr/bin/python3.9', wanted, 'restart MATLAB');
check('MATLAB:Pyversion:PythonLoaded Python is loaded.', outside, wanted, 'terminate(pyenv)');
check('Python commands require a supported version of CPython.', inside, wanted, '3.10 to 3.12', 'pyenv');
check('Python 3.14 is not supported.', inside, '3.10 to 3.12');
check(['ImportError: /usr/local/MATLAB/sys/os/glnxa64/libstdc++.so.6: version `GLIBCXX_3.4.30'' not found ' ...
    '(required by numpy)'], inside, 'libstdc++');
check('ImportError: DLL load failed while importing _multiarray_umath', inside, 'vc_redist.x64.exe', 'OutOfProcess');
check('undefined symbol: ffi_type_uint32, version LIBFFI_BASE_7.0 in _ctypes.so', outside, 'libffi');
check('numpy.so: undefined symbol: cblas_dgemm', outside, 'OutOfProcess');
check('error while loading shared libraries: libpython3.11.so.1.0: cannot open', outside, 'library');
check('ModuleNotFoundError: No module named ''numpy''', outside, '/usr/bin/python3.9 -m pip install numpy');
check('No module named ''pyside.matlab''; ''pyside'' is not a package', outside, 'pyside', 'terminate(pyenv)');
check('SyntaxError: invalid syntax (matlab.py, line 30)', inside, '3.10', 'restart MATLAB');
expect_equal(touchtrain.internal.python.explainPython('ZeroDivisionError: division by zero', inside, wanted, []), '');
expect_equal(touchtrain.internal.setup.pythonVersions([10 10]), '3.10');
expect_equal(touchtrain.internal.setup.pythonVersions([10 13]), '3.10 to 3.13');

% MATLAB says the same where none is set, where the version is wrong, and where something else is.
supported = 'Python commands require a supported version of CPython.';
unset = struct('executable', '', 'isLoaded', false, 'isInProcess', true);
explained = @(now, wanted) touchtrain.internal.python.explainPython(supported, now, wanted, [10 12]);
expect_has(explained(unset, ''), {'No Python is set', '3.10 to 3.12', 'pyenv'});
if isunix()
    old = fake_python(fullfile(pwd(), 'old', 'python3'), '3.9', '');
    expect_has(explained(unset, old), {old, 'is Python 3.9', '3.10 to 3.12'});
    good = fake_python(fullfile(pwd(), 'good', 'python3'), '3.12', '');
    expect_has(explained(unset, good), {good, '3.12', 'Library'});
    expect_has(explained(with(unset, 'executable', good), ''), {good, 'Library', '/usr/lib/libpython3.12.so'});
    static = fake_python(fullfile(pwd(), 'static', 'python3'), '3.12', '', '');
    expect_has(explained(unset, static), {static, 'no shared library', 'libpython3.12'});
end

% Python that Windows offers instead of one, and conda that is not activated.
check('Python was not found; run without arguments to install from the Microsoft Store, or disable this', inside, ...
    'Microsoft Store', 'python.org');
mkdir('conda');
mkdir(fullfile('conda', 'conda-meta'));
ofConda = with(inside, 'executable', fullfile(pwd(), 'conda', 'python.exe'));
check('ImportError: DLL load failed while importing _multiarray_umath', ofConda, 'conda', ...
    fullfile(pwd(), 'conda', 'Library', 'bin'), 'setenv(''PATH''');
path = getenv('PATH');
restoring = onCleanup(@() setenv('PATH', path)); %#ok<NASGU>
setenv('PATH', [fullfile(pwd(), 'conda', 'Library', 'bin') pathsep() path]);
check('ImportError: DLL load failed while importing _multiarray_umath', ofConda, 'vc_redist.x64.exe');

% A program that does not run says why.
if isunix()
    file = fullfile(pwd(), 'broken');
    id = fopen(file, 'w');
    fprintf(id, ['#!/bin/sh\necho "$0: error while loading shared libraries: libpython3.11.so.1.0: ' ...
        'cannot open shared object file" >&2\nexit 127\n']);
    fclose(id);
    system(['chmod +x "' file '"']);
    expect_error('TouchTrain:PythonNotFound', @() touchtrain.setup('Python', file), file, 'library');
end
end
