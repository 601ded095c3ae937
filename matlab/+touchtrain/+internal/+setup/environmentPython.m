function executable = environmentPython(folder)
% ENVIRONMENTPYTHON  The interpreter of the virtual environment in a folder.
if ispc()
    executable = fullfile(folder, 'Scripts', 'python.exe');
else
    executable = fullfile(folder, 'bin', 'python');
end
end
