function value = fromJson(text)
% FROMJSON  Read JSON text into MATLAB values that always have the same form.
%
%   VALUE = FROMJSON(TEXT) undoes what jsondecode does by its own judgement:
%     a list of numbers or flags    a row, with NaN for null
%     a list of texts               a row of char rows
%     a list of records             a 1-by-N struct; a field that one of them lacks is [] in it
%     an empty list, null           []
value = straightened(jsondecode(text));
end

function value = straightened(value)
if isstruct(value)
    value = reshape(value, 1, []);
    names = fieldnames(value);
    for k = 1:numel(value)
        for n = 1:numel(names)
            value(k).(names{n}) = straightened(value(k).(names{n}));
        end
    end
elseif iscell(value)
    value = cellfun(@straightened, reshape(value, 1, []), 'UniformOutput', false);
    if ~isempty(value) && all(cellfun(@isstruct, value)) && all(cellfun(@numel, value) == 1)
        value = joined(value);
    elseif ~isempty(value) && all(cellfun(@isNumberOrNull, value))
        value(cellfun(@isempty, value)) = {NaN};
        value = cellfun(@double, value);
    end
elseif ~ischar(value) && size(value, 2) == 1
    value = reshape(value, 1, []);
end
end

function yes = isNumberOrNull(value)
yes = isempty(value) && isnumeric(value) || isnumeric(value) && numel(value) == 1;
end

function records = joined(items)
% Records with different fields, as one struct array with the fields of all.
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
