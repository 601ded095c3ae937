function executable = recordedPython()
% RECORDEDPYTHON  The interpreter for trainings that the last setup of this user recorded; '' where there is none.
%
%   It reads the file that pyside/jobs/interpreter.py writes.
if ~isempty(getenv('TOUCHTRAIN_CONFIG'))
    file = fullfile(getenv('TOUCHTRAIN_CONFIG'), 'python.json');
elseif ispc()
    file = fullfile(getenv('APPDATA'), 'touchtrain', 'python.json');
elseif ismac()
    file = fullfile(getenv('HOME'), 'Library', 'Application Support', 'touchtrain', 'python.json');
else
    base = getenv('XDG_CONFIG_HOME');
    if isempty(base)
        base = fullfile(getenv('HOME'), '.config');
    end
    file = fullfile(base, 'touchtrain', 'python.json');
end
executable = '';
if isfile(file)
    try
        record = jsondecode(fileread(file));
        executable = record.python;
    catch
        executable = ''; % a damaged file is as good as none
    end
end
end
