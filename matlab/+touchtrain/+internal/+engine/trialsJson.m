function text = trialsJson(file, variable, names, holders)
% TRIALSJSON  The trials of a saved array of a lab's own class, as JSON for Python.
%
%   TEXT = TRIALSJSON(FILE, VARIABLE, NAMES, HOLDERS) loads the variable ('' for the first with trials) in MATLAB, where
%   the lab's class is on the path, and writes of each trial the properties that NAMES has: a list with one object a
%   trial. HOLDERS are the names of properties that may hold the trials. Both are cells of lower-case names without _.
held = load(file);
candidates = {variable};
if isempty(variable)
    candidates = fieldnames(held)';
end
parts = {};
for k = 1:numel(candidates)
    trials = trialsOf(held.(candidates{k}), holders);
    for n = 1:numel(trials)
        parts = [parts, trialJson(trials{n}, names)]; %#ok<AGROW>
    end
    if ~isempty(parts)
        break
    end
end
text = ['[' strjoin(parts, ',') ']'];
end

function trials = trialsOf(value, holders)
if iscell(value)
    trials = reshape(value, 1, []);
    return
end
own = namesOf(value);
isHolder = ismember(lower(strrep(own, '_', '')), holders);
if numel(value) == 1 && any(isHolder)
    trials = trialsOf(value.(own{find(isHolder, 1)}), holders);
else
    trials = arrayfun(@(one) {one}, reshape(value, 1, []));
end
end

function parts = trialJson(trial, names)
% A cell with the JSON of one trial, or an empty one.
own = namesOf(trial);
own = own(ismember(lower(strrep(own, '_', '')), names));
parts = {};
if ~isempty(own)
    values = cellfun(@(name) plain(trial.(name)), own, 'UniformOutput', false);
    parts = {jsonencode(cell2struct(values, own, 2))};
end
end

function names = namesOf(value)
if isstruct(value)
    names = fieldnames(value)';
elseif isobject(value)
    names = reshape(properties(value), 1, []);
else
    names = {};
end
end

function value = plain(value)
% A cell with one vector a whisker: the first one.
while iscell(value) && ~isempty(value)
    value = value{1};
end
if touchtrain.internal.values.isText(value)
    value = char(value);
end
end
