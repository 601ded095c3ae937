function now = currentPython()
% CURRENTPYTHON  The Python of pyenv: struct with executable ('' where there is none), isLoaded, isInProcess.
now = struct('executable', '', 'isLoaded', false, 'isInProcess', false);
try
    environment = pyenv();
    now.executable = char(environment.Executable);
    now.isLoaded = strcmp(char(environment.Status), 'Loaded');
    now.isInProcess = strcmp(char(environment.ExecutionMode), 'InProcess');
catch
    now.executable = ''; % Octave's pyenv has no answer where no Python runs
end
end
