function name = basePython(range)
% BASEPYTHON  Command of an installed Python from which an environment for trainings can be made.
%
%   NAME = BASEPYTHON(RANGE) prefers a version within RANGE, [lowest highest] minor version; RANGE may be [].
names = {'python3.12', 'python3.11', 'python3.13', 'python3', 'python'};
name = '';
for k = 1:numel(names)
    facts = touchtrain.internal.pythonFacts(names{k});
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
        'There is no Python 3.11 to 3.13 here. Install one from python.org (or your system''s packages) first.');
end
end
