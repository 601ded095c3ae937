function [facts, others] = pythonForJobs()
% PYTHONFORJOBS  Find a Python for training: version 3.11 or later with all packages.
%
%   [FACTS, OTHERS] = PYTHONFORJOBS() searches, in this order: the environment variable TOUCHTRAIN_PYTHON, the
%   environment that setup made (or the one that TouchTrain is installed in), an activated environment, the
%   Python that setup recorded, the Python of pyenv, and the Pythons that are installed on this computer. FACTS is the
%   output of PYTHONFACTS, [] if none is suitable. OTHERS is a cell array with one sentence on each unsuitable Python,
%   except those that are merely installed.
[root, isRepo] = touchtrain.internal.python.packageRoot();
candidates = {getenv('TOUCHTRAIN_PYTHON')};
if isRepo
    candidates{end + 1} = touchtrain.internal.setup.environmentPython( ...
        touchtrain.internal.setup.environmentFolder(root));
else
    prefix = fileparts(fileparts(fileparts(root)));
    if ispc()
        prefix = fileparts(fileparts(root));
    end
    candidates{end + 1} = touchtrain.internal.setup.environmentPython(prefix);
end
for name = {'VIRTUAL_ENV', 'CONDA_PREFIX'}
    if ~isempty(getenv(name{1}))
        candidates{end + 1} = touchtrain.internal.setup.environmentPython(getenv(name{1})); %#ok<AGROW>
    end
end
candidates{end + 1} = recordedPython();
now = touchtrain.internal.setup.currentPython();
candidates{end + 1} = now.executable;
facts = [];
others = {};
for k = 1:numel(candidates)
    if isempty(candidates{k}) || ~isfile(candidates{k})
        continue
    end
    found = touchtrain.internal.python.pythonFacts(candidates{k});
    if isempty(found.fault)
        facts = found;
        return
    end
    others{end + 1} = found.fault; %#ok<AGROW>
end
others = unique(others, 'stable');
for candidate = touchtrain.internal.setup.installedPythons([12 11 13])
    found = touchtrain.internal.python.pythonFacts(candidate{1});
    if isempty(found.fault)
        facts = found;
        return
    end
end
end

function executable = recordedPython()
% Interpreter that the last setup of this user recorded, in the file that pyside/jobs/interpreter.py writes; '' if there
% is none.
if ~isempty(getenv('TOUCHTRAIN_CONFIG'))
    file = fullfile(getenv('TOUCHTRAIN_CONFIG'), 'python.json');
elseif ispc()
    file = fullfile(getenv('APPDATA'), 'touchtrain', 'python.json');
elseif ismac()
    file = fullfile(getenv('HOME'), 'Library', 'Application Support', 'touchtrain', 'python.json');
else
    base = getenv('XDG_CONFIG_HOME');
    if isempty(base)
        base = fullfile(getenv('HOME'), '.config');
    end
    file = fullfile(base, 'touchtrain', 'python.json');
end
executable = '';
if isfile(file)
    try
        record = jsondecode(fileread(file));
        executable = record.python;
    catch
        executable = ''; % ignore a damaged file
    end
end
end
