function file = pyhost()
% PYHOST  Path of octave_host.py, the Python half: in the repository, or in an installed package.

folder = fileparts(fileparts(mfilename('fullpath')));
twoUp = fileparts(fileparts(folder));
candidates = {fullfile(twoUp, 'pyside', 'bridge', 'octave_host.py'), fullfile(twoUp, 'bridge', 'octave_host.py')};
for k = 1:numel(candidates)
    file = candidates{k};
    if exist(file, 'file') == 2
        return
    end
end
error('MATLAB:Python:PythonUnavailable', 'octave_host.py is missing: neither %s nor %s exists.', candidates{:});
end
