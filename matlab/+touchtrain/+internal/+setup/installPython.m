function facts = installPython(root, range)
% INSTALLPYTHON  Create the environment .venv of the repository and install all packages.
%
%   FACTS = INSTALLPYTHON(ROOT, RANGE): RANGE is the [lowest highest] minor version that MATLAB can load, or []; a
%   Python within it is preferred. FACTS is the output of PYTHONFACTS.
base = basePython(range);
folder = fullfile(root, '.venv');
fprintf('Creating %s with %s. This takes a few minutes ...\n', folder, base);
status = touchtrain.internal.python.runClean(base, ['-m venv "' folder '"']);
if status == 0
    status = touchtrain.internal.python.runClean(touchtrain.internal.setup.environmentPython(folder), ...
        ['-m pip install --quiet -e "' root '"']);
end
if status ~= 0
    error('TouchTrain:PythonNotFound', ...
        'The environment %s could not be created; see the output above. Remove this folder and try again.', folder);
end
facts = touchtrain.internal.python.pythonFacts(touchtrain.internal.setup.environmentPython(folder));
end

function name = basePython(range)
% Command of an installed Python that can create an environment for training.
names = {'python3.12', 'python3.11', 'python3.13', 'python3', 'python'};
name = '';
for k = 1:numel(names)
    facts = touchtrain.internal.python.pythonFacts(names{k});
    if facts.ok && facts.version(1) == 3 && facts.version(2) >= 11 && facts.version(2) <= 13
        if isempty(range) || facts.version(2) <= range(2)
            name = names{k};
            return
        elseif isempty(name)
            name = names{k};
        end
    end
end
if isempty(name)
    error('TouchTrain:PythonNotFound', ...
        'Python 3.11 to 3.13 was not found. Install it from python.org or with your package manager.');
end
end
