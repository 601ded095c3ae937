function facts = installPython(root, range)
% INSTALLPYTHON  Create the Python environment of a repository or an installed toolbox, with all packages.
%
%   FACTS = INSTALLPYTHON(ROOT, RANGE): RANGE is the [lowest highest] minor version that MATLAB can load, or []; a
%   Python within it is preferred. FACTS is the output of PYTHONFACTS.
base = basePython(range);
folder = touchtrain.internal.setup.environmentFolder(root);
fprintf('Creating %s with %s. This takes a few minutes ...\n', folder, base);
status = touchtrain.internal.python.runClean(base, {'-m', 'venv', folder});
if status == 0
    status = touchtrain.internal.python.runClean(touchtrain.internal.setup.environmentPython(folder), ...
        {'-m', 'pip', 'install', '--quiet', '-e', root});
end
if status ~= 0
    touchtrain.internal.values.fail('TouchTrain:PythonNotFound', ...
        'The environment %s could not be created; see the output above. Remove this folder and try again.', folder);
end
facts = touchtrain.internal.python.pythonFacts(touchtrain.internal.setup.environmentPython(folder));
end

function name = basePython(range)
% Path of an installed Python that can create an environment for training, if possible one that MATLAB can load as well.
name = '';
tried = {};
for candidate = touchtrain.internal.setup.installedPythons(preferred(range))
    facts = touchtrain.internal.python.pythonFacts(candidate{1});
    if ~facts.ok
        continue
    end
    fault = touchtrain.internal.setup.trainingFault(facts);
    if ~isempty(fault)
        tried{end + 1} = sprintf('%s (%s)', facts.executable, fault); %#ok<AGROW>
    elseif isempty(touchtrain.internal.setup.hostFault(facts, range))
        name = candidate{1};
        return
    elseif isempty(name)
        name = candidate{1};
    end
end
if isempty(name)
    found = '';
    if ~isempty(tried)
        found = sprintf(' Found: %s.', strjoin(unique(tried, 'stable'), ', '));
    end
    touchtrain.internal.values.fail('TouchTrain:PythonNotFound', ...
        ['Python 3.11 to 3.13 was not found. Install 3.12 from python.org or with your package manager, with 64 ' ...
        'bits and for the processor of this computer.%s'], found);
end
end

function minors = preferred(range)
% 3.12 first, which most releases load, and versions that this MATLAB loads before others.
minors = [12 11 13];
if ~isempty(range)
    minors = [minors(minors <= range(2)), minors(minors > range(2))];
end
end
