function executable = pyexecutable(wanted)
% PYEXECUTABLE  Full path of the Python to start. WANTED is '' or the value of pyenv('Version', ...).

source = 'pyenv(''Version'', ...)';
if isempty(wanted)
    wanted = getenv('TOUCHTRAIN_PYTHON');
    source = 'the environment variable TOUCHTRAIN_PYTHON';
end
if isempty(wanted)
    wanted = findDefault();
    source = 'the system path';
end
executable = locate(wanted);
if isempty(executable)
    error('MATLAB:Python:PythonUnavailable', ...
        ['The Python executable ''%s'' (from %s) does not exist. Set it with pyenv(''Version'', file) or ' ...
        'TOUCHTRAIN_PYTHON.'], wanted, source);
end
end

function wanted = findDefault()
    root = fileparts(fileparts(fileparts(fileparts(fileparts(mfilename('fullpath'))))));
    wanted = fullfile(root, '.venv', 'bin', 'python');
    if ispc()
        wanted = fullfile(root, '.venv', 'Scripts', 'python.exe');
    end
    if exist(wanted, 'file') ~= 2
        wanted = 'python3';
    end
end

function file = locate(name)
    % Do not resolve links: the Python of a virtual environment is a link, and must be started by its own name.
    name = tilde_expand(name);
    if any(name == '/' | name == filesep())
        file = make_absolute_filename(name);
    else
        file = file_in_path(getenv('PATH'), name);
    end
    if exist(file, 'file') ~= 2 || ~isExecutable(file)
        file = '';
    end
end

function tf = isExecutable(file)
    info = stat(file);
    tf = ispc() || any(info.modestr([4 7 10]) == 'x');
end
