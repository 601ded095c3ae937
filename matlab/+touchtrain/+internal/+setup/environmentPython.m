function executable = environmentPython(folder, kind)
% ENVIRONMENTPYTHON  Path of the Python interpreter in a virtual environment, or in an environment of conda.
%
%   ENVIRONMENTPYTHON(FOLDER, KIND) is the path on a 'windows' or 'unix' computer; default: this one.
if nargin < 2
    kinds = {'unix', 'windows'};
    kind = kinds{1 + ispc()};
end
executable = fullfile(folder, 'bin', 'python');
if strcmp(kind, 'windows')
    executable = fullfile(folder, 'Scripts', 'python.exe');
    ofConda = fullfile(folder, 'python.exe');
    if ~isfile(executable) && isfile(ofConda)
        executable = ofConda;
    end
end
end
