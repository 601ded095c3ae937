function facts = installPython(root, range)
% INSTALLPYTHON  Make the environment .venv of the repository, with all packages.
%
%   FACTS = INSTALLPYTHON(ROOT, RANGE): RANGE is the [lowest highest] minor version that MATLAB loads, or []; a Python
%   within it is preferred.
base = touchtrain.internal.basePython(range);
folder = fullfile(root, '.venv');
fprintf('Making %s with %s; it takes some minutes ...\n', folder, base);
status = touchtrain.internal.runClean(base, ['-m venv "' folder '"']);
if status == 0
    status = touchtrain.internal.runClean(touchtrain.internal.environmentPython(folder), ...
        ['-m pip install --quiet -e "' root '"']);
end
if status ~= 0
    error('TouchTrain:PythonNotFound', ...
        'The environment %s could not be made; the reason stands above. Remove that folder and try again.', folder);
end
facts = touchtrain.internal.pythonFacts(touchtrain.internal.environmentPython(folder));
end
