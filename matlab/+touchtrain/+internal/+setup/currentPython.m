function now = currentPython()
% CURRENTPYTHON  Python of pyenv: struct with executable ('' if there is none), isLoaded, isInProcess.
now = struct('executable', '', 'isLoaded', false, 'isInProcess', false);
try
    environment = pyenv();
    now.executable = char(environment.Executable);
    now.isLoaded = strcmp(char(environment.Status), 'Loaded');
    now.isInProcess = strcmp(char(environment.ExecutionMode), 'InProcess');
catch
    now.executable = ''; % Octave's pyenv fails if there is no Python
end
end
