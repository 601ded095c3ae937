function executable = environmentPython(folder)
% ENVIRONMENTPYTHON  Path of the Python interpreter in a virtual environment.
if ispc()
    executable = fullfile(folder, 'Scripts', 'python.exe');
else
    executable = fullfile(folder, 'bin', 'python');
end
end
