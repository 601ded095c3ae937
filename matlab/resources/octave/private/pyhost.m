function file = pyhost()
% PYHOST  Path of octave_host.py, the program that Python runs: in the repository, or in an installed package.

folder = fileparts(fileparts(mfilename('fullpath')));
root = fileparts(fileparts(fileparts(folder)));
half = fullfile('bridge', 'octave', 'octave_host.py');
candidates = {fullfile(root, 'pyside', half), fullfile(root, half)};
for k = 1:numel(candidates)
    file = candidates{k};
    if exist(file, 'file') == 2
        return
    end
end
error('MATLAB:Python:PythonUnavailable', 'octave_host.py is missing: neither %s nor %s exists.', candidates{:});
end
