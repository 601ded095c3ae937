function test_find_python()
% A Python is found where installers of each system put it, also if it is not on the system path.
if ~isunix()
    skip_test('The stand-ins of Python run on Unix only.');
end
names = {'PATH', 'HOME', 'LOCALAPPDATA', 'APPDATA', 'USERPROFILE', 'ProgramFiles', 'ProgramData', 'SystemDrive', ...
    'CONDA_PREFIX', 'PYENV_ROOT', 'UV_PYTHON_INSTALL_DIR'};
values = cellfun(@getenv, names, 'UniformOutput', false);
restoring = onCleanup(@() cellfun(@(name, value) setenv(name, value), names, values)); %#ok<NASGU>
cellfun(@(name) setenv(name, ''), names(8:end));
at = @(varargin) fullfile(pwd(), varargin{:});
here = @(kind) touchtrain.internal.setup.installedPythons([12 11 13], kind, at(kind));

% Windows: python.org's installer, its launcher, the registry, conda, uv, pyenv-win. Nothing of them is on the path.
setenv('PATH', [at('launcher') ':/usr/bin:/bin']);
for pair = {'LOCALAPPDATA', 'APPDATA', 'USERPROFILE', 'ProgramFiles', 'ProgramData'; 'local', 'roaming', ...
        'my home', 'programs', 'data'}
    setenv(pair{1}, at('windows', pair{2}));
end
listed = fake_python(at('D drive', 'Python 3.12', 'python.exe'), '3.12', '');
free = at('D drive', 'free', 'python.exe');
installed = {fake_python(at('windows', 'local', 'Programs', 'Python', 'Python312', 'python.exe'), '3.12', ''), ...
    fake_python(at('windows', 'roaming', 'uv', 'python', 'cpython-3.12.4-windows-x86_64-none', 'python.exe'), ...
    '3.12', ''), ...
    fake_python(at('windows', 'programs', 'Python311', 'python.exe'), '3.11', ''), ...
    fake_python(at('windows', 'my home', '.pyenv', 'pyenv-win', 'versions', '3.11.9', 'python.exe'), '3.11', ''), ...
    fake_python(at('windows', 'my home', 'miniconda3', 'python.exe'), '3.13', ''), ...
    fake_python(at('windows', 'my home', 'miniconda3', 'envs', 'touch', 'python.exe'), '3.12', '')};
fake_python(at('launcher', 'py'), '3.12', '');
id = fopen(at('launcher', 'py'), 'w');
fprintf(id, ['#!/bin/sh\n[ "$1" = -0p ] && cat <<EOF\n -V:3.13t *        %s\r\n -V:3.12          %s\r\n' ...
    ' -3.9-64  %s\r\nEOF\n'], free, listed, '/no/such/python.exe');
fclose(id);
expect_order(here('windows'), [{listed}, installed(1:4), {'python'}, installed(5:6)]);
assert(~any(strcmp(here('windows'), free)) && ~any(strcmp(here('windows'), 'python3.12')));
delete(at('launcher', 'py')); % without the launcher
expect_order(here('windows'), installed);
ofUser = fake_python(at('E drive', 'Python', 'python3.12.exe'), '3.12', '');
ofAll = fake_python(at('F drive', 'python.exe'), '3.11', '');
registry = {'HKEY_CURRENT_USER', '3.12', {'ExecutablePath'}, ofUser; ...
    'HKEY_CURRENT_USER', '3.12', {}, at('nowhere'); 'HKEY_LOCAL_MACHINE', '3.11', {}, at('F drive'); ...
    'HKEY_LOCAL_MACHINE', '3.13', {'ExecutablePath'}, at('removed', 'python.exe')};
found = touchtrain.internal.setup.installedPythons([12 11 13], 'windows', at('windows'), ...
    @(varargin) registered(registry, varargin{:}));
expect_order(found, [{ofUser}, installed(1:2), {ofAll}, installed(3:6)]);
assert(~any(strcmp(found, at('nowhere', 'python.exe'))) && ~any(strcmp(found, at('removed', 'python.exe'))));
% conda's own list of environments, wherever they are
listed = fake_python(at('G drive', 'touch', 'python.exe'), '3.12', '');
mkdir(at('windows', 'my home', '.conda'));
id = fopen(at('windows', 'my home', '.conda', 'environments.txt'), 'w');
fprintf(id, '%s\r\n%s\r\n', at('gone'), fileparts(listed));
fclose(id);
expect_order(here('windows'), [installed, {listed}]);

% macOS, started from the Dock: Homebrew, python.org, conda.
setenv('PATH', '/usr/bin:/bin:/usr/sbin:/sbin');
setenv('HOME', at('mac', 'home'));
installed = {fake_python(at('mac', 'Library', 'Frameworks', 'Python.framework', 'Versions', '3.12', 'bin', ...
    'python3.12'), '3.12', ''), fake_python(at('mac', 'opt', 'homebrew', 'bin', 'python3.12'), '3.12', ''), ...
    fake_python(at('mac', 'usr', 'local', 'bin', 'python3.13'), '3.13', ''), ...
    fake_python(at('mac', 'home', 'opt', 'anaconda3', 'bin', 'python3'), '3.11', '')};
expect_order(here('mac'), installed);

% Linux: uv, pyenv, conda. A Python without a lock is left out.
setenv('HOME', at('linux', 'home'));
uv = at('linux', 'home', '.local', 'share', 'uv', 'python');
installed = {fake_python(fullfile(uv, 'cpython-3.12.10-linux-x86_64-gnu', 'bin', 'python3'), '3.12', ''), ...
    fake_python(at('linux', 'home', '.pyenv', 'versions', '3.11.9', 'bin', 'python3'), '3.11', ''), ...
    fake_python(at('linux', 'opt', 'miniforge3', 'bin', 'python3'), '3.12', '')};
free = fake_python(fullfile(uv, 'cpython-3.13.0+freethreaded-linux-x86_64-gnu', 'bin', 'python3'), '3.13', '');
expect_order(here('linux'), installed);
assert(~any(strcmp(here('linux'), free)));
setenv('CONDA_PREFIX', at('linux', 'active'));
active = fake_python(at('linux', 'active', 'bin', 'python3'), '3.13', '');
expect_order(here('linux'), [installed(1:2), {active}, installed(3)]);

% An environment: venv and conda have their Python in different places on Windows.
in = @touchtrain.internal.setup.environmentPython;
conda = at('windows', 'my home', 'miniconda3');
expect_equal(in(conda, 'windows'), fullfile(conda, 'python.exe'));
expect_equal(in(at('none'), 'windows'), at('none', 'Scripts', 'python.exe'));
expect_equal(in(at('none'), 'unix'), at('none', 'bin', 'python'));
end

function value = registered(rows, root, key, varargin)
% The value of a key of the registry, as winqueryreg gives it.
isIt = @(row) strcmp(row{1}, root) && isequal(row{3}, varargin) && ...
    strcmp(key, ['Software\Python\PythonCore\' row{2} '\InstallPath']);
for k = 1:size(rows, 1)
    if isIt(rows(k, :))
        value = rows{k, 4};
        return
    end
end
error('TouchTrain:Test', 'Specified key is invalid.');
end

function expect_order(found, expected)
% All of EXPECTED are in FOUND, in this order.
[isThere, places] = ismember(expected, found);
assert(all(isThere), 'TouchTrain:Test', 'Not found: %s', strjoin(expected(~isThere), ', '));
assert(issorted(places), 'TouchTrain:Test', 'Order: %s', strjoin(found, ', '));
end
