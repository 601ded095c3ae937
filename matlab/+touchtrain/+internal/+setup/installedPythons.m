function found = installedPythons(minors, kind, root, registry)
% INSTALLEDPYTHONS  Pythons of this computer where installers put them, whether or not they are on the system path.
%
%   FOUND = INSTALLEDPYTHONS(MINORS) is a cell array of commands and paths, in the order of the minor versions MINORS,
%   such as [12 11 13]; then those whose version the path does not tell. It looks at the system path, python.org's
%   folders, the launcher and the registry of Windows, Homebrew, conda, pyenv and uv. MATLAB that was started from the
%   Dock of macOS has a short path, and python.org's installer for Windows leaves the path as it is.
%   INSTALLEDPYTHONS(MINORS, KIND, ROOT, REGISTRY) looks as on a 'windows', 'mac' or 'linux' computer, in the folder
%   ROOT. REGISTRY is called as winqueryreg.
if nargin < 2
    kinds = {'windows', 'mac', 'linux'};
    kind = kinds{[ispc(), ismac(), ~ispc() && ~ismac()]};
end
if nargin < 3
    root = '';
end
if nargin < 4
    registry = @winqueryreg;
end
found = {};
launched = launcherPythons(kind);
for minor = minors
    found = [found, onPath(kind, minor), registered(kind, minor, registry), launched(minor), ...
        fixedFolders(kind, root, minor), versionFolders(kind, minor)]; %#ok<AGROW>
end
found = [found, {'python3', 'python'}, launched(0), condaPythons(kind, root)];
isThere = cellfun(@(one) ~any(one == '/' | one == '\') || isfile(one), found);
found = reshape(unique(found(isThere), 'stable'), 1, []);
end

function found = onPath(kind, minor)
found = {};
if ~strcmp(kind, 'windows') % there, no installer makes such a name
    found = {sprintf('python3.%d', minor)};
end
end

function found = registered(kind, minor, registry)
% Pythons in the registry of Windows, for this user and for all users: https://peps.python.org/pep-0514
found = {};
key = sprintf('Software\\Python\\PythonCore\\3.%d\\InstallPath', minor);
roots = {'HKEY_CURRENT_USER', 'HKEY_LOCAL_MACHINE'};
for root = roots(1:2 * strcmp(kind, 'windows'))
    file = valueOf(registry, root{1}, key, 'ExecutablePath');
    folder = valueOf(registry, root{1}, key);
    if isempty(file) && ~isempty(folder)
        file = fullfile(folder, 'python.exe');
    end
    if ~isempty(file)
        found{end + 1} = file; %#ok<AGROW>
    end
end
end

function text = valueOf(registry, varargin)
try
    text = registry(varargin{:});
catch
    text = ''; % there is no such key, or no registry
end
end

function pick = launcherPythons(kind)
% A function that gives the Pythons of a minor version (0: unknown) that the launcher py of Windows lists.
lines = cell(0, 1);
if strcmp(kind, 'windows')
    [status, answer] = touchtrain.internal.python.runClean('py', {'-0p'});
    if status == 0
        form = '^[ \t]*(-\S+)[ \t]+\*?[ \t]*(\S[^\r\n]*?python\.exe)[ \t\r]*$';
        lines = regexp(answer, form, 'tokens', 'lineanchors');
    end
end
files = cellfun(@(line) line{2}, lines, 'UniformOutput', false);
tags = cellfun(@(line) line{1}, lines, 'UniformOutput', false);
isFree = ~cellfun(@isempty, regexp(tags, '\d+\.\d+t', 'once')); % without a lock, which MATLAB cannot load
versions = regexp(tags, '3\.(\d+)', 'tokens', 'once');
numbers = cellfun(@(one) sum(str2double(one)), versions);
pick = @(minor) reshape(files(numbers == minor & ~isFree), 1, []);
end

function found = fixedFolders(kind, root, minor)
% Where installers put a version.
name = sprintf('python3.%d', minor);
own = fullfile(getenv('HOME'), '.local', 'bin');
switch kind
    case 'windows'
        places = {fullfile(getenv('LOCALAPPDATA'), 'Programs', 'Python'), getenv('ProgramFiles'), ...
            [getenv('SystemDrive') filesep()]};
        name = fullfile(sprintf('Python3%d', minor), 'python.exe');
    case 'mac'
        framework = sprintf('/Library/Frameworks/Python.framework/Versions/3.%d/bin', minor);
        places = {fullfile(root, framework), fullfile(root, '/opt/homebrew/bin'), fullfile(root, '/usr/local/bin'), ...
            fullfile(root, '/opt/local/bin'), own};
    otherwise
        places = {fullfile(root, '/usr/local/bin'), fullfile(root, '/usr/bin'), own};
end
found = cellfun(@(place) fullfile(place, name), places, 'UniformOutput', false);
end

function found = versionFolders(kind, minor)
% Versions of uv and pyenv, each of which has a folder a patch version.
home = getenv('HOME');
uv = fullfile(home, '.local', 'share', 'uv', 'python');
pyenvRoot = getenv('PYENV_ROOT');
if strcmp(kind, 'windows')
    home = getenv('USERPROFILE');
    uv = fullfile(getenv('APPDATA'), 'uv', 'python');
end
if ~isempty(getenv('UV_PYTHON_INSTALL_DIR'))
    uv = getenv('UV_PYTHON_INSTALL_DIR');
end
if isempty(pyenvRoot)
    pyenvRoot = fullfile(home, '.pyenv');
    if strcmp(kind, 'windows')
        pyenvRoot = fullfile(pyenvRoot, 'pyenv-win');
    end
end
folders = [foldersIn(uv, sprintf('^cpython-3\\.%d(\\.\\d+)?-', minor)), ...
    foldersIn(fullfile(pyenvRoot, 'versions'), sprintf('^3\\.%d(\\.\\d+)?$', minor))];
found = cellfun(@(folder) pythonIn(kind, folder), folders, 'UniformOutput', false);
end

function found = condaPythons(kind, root)
% Installations of conda, their environments, and those that conda has listed.
names = {'miniconda3', 'anaconda3', 'miniforge3', 'mambaforge', 'micromamba'};
if strcmp(kind, 'windows')
    places = {getenv('USERPROFILE'), getenv('LOCALAPPDATA'), getenv('ProgramData')};
else
    places = {getenv('HOME'), fullfile(getenv('HOME'), 'opt'), fullfile(root, '/opt')};
end
folders = {getenv('CONDA_PREFIX')};
for place = places
    for name = names
        folders{end + 1} = fullfile(place{1}, name{1}); %#ok<AGROW>
    end
end
if strcmp(kind, 'mac')
    for name = {'miniconda', 'anaconda', 'miniforge'}
        folders{end + 1} = fullfile(root, '/opt/homebrew/Caskroom', name{1}, 'base'); %#ok<AGROW>
    end
end
folders = folders(~cellfun(@isempty, folders));
for folder = folders
    folders = [folders, foldersIn(fullfile(folder{1}, 'envs'), '^[^.]')]; %#ok<AGROW>
end
list = fullfile(places{1}, '.conda', 'environments.txt');
if isfile(list)
    folders = [folders, reshape(strtrim(strsplit(strtrim(fileread(list)), sprintf('\n'))), 1, [])];
end
found = cellfun(@(folder) pythonIn(kind, folder), folders, 'UniformOutput', false);
end

function file = pythonIn(kind, folder)
file = fullfile(folder, 'bin', 'python3');
if strcmp(kind, 'windows')
    file = fullfile(folder, 'python.exe');
end
end

function folders = foldersIn(place, pattern)
% Sub-folders whose names match, the last name first.
folders = {};
if ~isfolder(place)
    return
end
inside = dir(place);
names = {inside([inside.isdir]).name};
names = names(~cellfun(@isempty, regexp(names, pattern, 'once')));
folders = cellfun(@(name) fullfile(place, name), fliplr(sort(names)), 'UniformOutput', false);
end
