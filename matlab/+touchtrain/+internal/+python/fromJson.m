function value = fromJson(text)
% FROMJSON  Decode JSON text to MATLAB values whose form does not depend on the values.
%
%   VALUE = FROMJSON(TEXT) calls jsondecode and normalizes its output:
%     list of numbers or logical values   row vector, with NaN for null
%     list of texts                       row cell array of char rows
%     list of objects                     1-by-N struct; a field that an object lacks is []
%     empty list, null                    []
value = normalized(jsondecode(text));
end

function value = normalized(value)
if isstruct(value)
    value = reshape(value, 1, []);
    names = fieldnames(value);
    for k = 1:numel(value)
        for n = 1:numel(names)
            value(k).(names{n}) = normalized(value(k).(names{n}));
        end
    end
elseif iscell(value)
    value = cellfun(@normalized, reshape(value, 1, []), 'UniformOutput', false);
    if ~isempty(value) && all(cellfun(@isstruct, value)) && all(cellfun(@numel, value) == 1)
        value = concatenated(value);
    elseif ~isempty(value) && all(cellfun(@isNumberOrNull, value))
        value(cellfun(@isempty, value)) = {NaN};
        value = cellfun(@double, value);
    end
elseif ~ischar(value) && size(value, 2) == 1
    value = reshape(value, 1, []);
end
end

function tf = isNumberOrNull(value)
tf = isempty(value) && isnumeric(value) || isnumeric(value) && numel(value) == 1;
end

function records = concatenated(items)
% Structs with different fields, as one struct array with the fields of all.
names = {};
for k = 1:numel(items)
    names = [names; fieldnames(items{k})]; %#ok<AGROW>
end
names = unique(names, 'stable');
records = repmat(cell2struct(cell(numel(names), 1), names, 1), 1, numel(items));
for k = 1:numel(items)
    own = fieldnames(items{k});
    for n = 1:numel(own)
        records(k).(own{n}) = items{k}.(own{n});
    end
end
end
