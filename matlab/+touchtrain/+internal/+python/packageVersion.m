function text = packageVersion()
% PACKAGEVERSION  TouchTrain version, read from its files without Python.
file = fullfile(touchtrain.internal.python.packageRoot(), 'pyside', 'version.py');
text = char(regexp(fileread(file), '(?<=__version__ = ["''])[^"'']+', 'match', 'once'));
end
