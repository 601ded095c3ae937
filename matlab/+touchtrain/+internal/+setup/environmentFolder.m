function folder = environmentFolder(root, kind)
% ENVIRONMENTFOLDER  Folder of the Python environment that touchtrain.setup makes.
%
%   FOLDER = ENVIRONMENTFOLDER(ROOT): ROOT is the folder that contains pyside/. FOLDER is .venv in it. For a toolbox
%   that MATLAB installed it is a folder of this user instead: each update replaces ROOT, and on Windows the paths of
%   Python's packages below it would be longer than Windows allows.
%   ENVIRONMENTFOLDER(ROOT, KIND) is the folder on a 'windows', 'mac' or 'linux' computer; default: this one.
if nargin < 2
    kinds = {'windows', 'mac', 'linux'};
    kind = kinds{[ispc(), ismac(), ~ispc() && ~ismac()]};
end
if isempty(regexp(root, '[\\/]MATLAB Add-Ons[\\/]', 'once'))
    folder = fullfile(root, '.venv');
    return
end
place = getenv('LOCALAPPDATA');
if ~strcmp(kind, 'windows')
    place = fullfile(getenv('HOME'), 'Library', 'Application Support');
    if strcmp(kind, 'linux')
        place = getenv('XDG_DATA_HOME');
    end
    if isempty(place)
        place = fullfile(getenv('HOME'), '.local', 'share');
    end
end
folder = fullfile(place, 'touchtrain', 'env');
end
