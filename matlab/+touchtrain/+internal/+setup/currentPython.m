function now = currentPython()
% CURRENTPYTHON  Python of pyenv: struct with executable, version, isLoaded, isInProcess.
%
%   Without a Python, executable is ''. VERSION is such as [3 12], or [0 0] if MATLAB does not know it.
now = struct('executable', '', 'version', [0 0], 'isLoaded', false, 'isInProcess', false);
try
    environment = pyenv();
    now.executable = char(environment.Executable);
    now.isLoaded = strcmp(char(environment.Status), 'Loaded');
    now.isInProcess = strcmp(char(environment.ExecutionMode), 'InProcess');
    words = regexp(char(environment.Version), '^(\d+)\.(\d+)', 'tokens', 'once');
    if ~isempty(words)
        now.version = [str2double(words{1}) str2double(words{2})];
    end
catch
    now.executable = ''; % Octave's pyenv fails if there is no Python
end
end
