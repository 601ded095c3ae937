function text = trialsJson(file, variable, names, holders, parts)
% TRIALSJSON  Encode the trials of an array of a user-defined class as JSON for Python.
%
%   TEXT = TRIALSJSON(FILE, VARIABLE, NAMES, HOLDERS, PARTS) loads the variable ('' for the first that has trials) in
%   MATLAB, where the class is on the path, and encodes the properties NAMES of each trial: a list with one object per
%   trial. HOLDERS are names of properties that can contain the trials. What a trial lacks is taken from its properties
%   PARTS, if it has them. All are cell arrays of lower-case names without _.
held = load(file);
candidates = {variable};
if isempty(variable)
    candidates = fieldnames(held)';
end
found = {};
for k = 1:numel(candidates)
    trials = trialsOf(held.(candidates{k}), holders);
    for n = 1:numel(trials)
        found = [found, trialJson(trials{n}, names, parts)]; %#ok<AGROW>
    end
    if ~isempty(found)
        break
    end
end
text = ['[' strjoin(found, ',') ']'];
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

function text = trialJson(trial, names, parts)
% Cell array with the JSON of one trial, or empty if it has none of the properties.
[own, values] = valuesOf(trial, names);
every = namesOf(trial);
for name = every(ismember(lower(strrep(every, '_', '')), parts))
    [inner, found] = valuesOf(trial.(name{1}), names);
    isNew = ~ismember(inner, own);
    own = [own, inner(isNew)]; %#ok<AGROW>
    values = [values, found(isNew)]; %#ok<AGROW>
end
text = {};
if ~isempty(own)
    text = {jsonencode(cell2struct(values, own, 2))};
end
end

function [own, values] = valuesOf(trial, names)
% Those of the properties that there are, and their plain values.
own = namesOf(trial);
own = own(ismember(lower(strrep(own, '_', '')), names));
values = cellfun(@(name) plain(trial.(name)), own, 'UniformOutput', false);
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
% Plain value of a property. Of a cell array with one vector per whisker, the first.
while iscell(value) && ~isempty(value)
    value = value{1};
end
if touchtrain.internal.values.isText(value)
    value = char(value);
end
end
