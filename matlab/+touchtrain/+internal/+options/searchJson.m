function text = searchJson(search)
% SEARCHJSON  Encode the search space of touchtrain.tune as a JSON object.
%
%   TEXT = SEARCHJSON(SEARCH): the fields of the struct SEARCH are training options. Two numbers become a range
%   'low..high', a cell array a list of its elements with absolute paths; text stays as it is.
if ~isstruct(search) || numel(search) ~= 1 || isempty(fieldnames(search))
    touchtrain.internal.values.fail('TouchTrain:BadOption', ...
        ['search must be a scalar struct with the values to try of each option, such as ' ...
        'struct(''InitialLearnRate'', [1e-4 1e-2]). It is a %s with %s.'], class(search), ...
        touchtrain.internal.values.countText(numel(search), 'element'));
end
faults = touchtrain.internal.values.Faults();
names = fieldnames(search)';
pairs = cell(1, 2 * numel(names));
for k = 1:numel(names)
    value = search.(names{k});
    if iscell(value) || isa(value, 'string') && numel(value) > 1
        value = choices(names{k}, value);
    elseif isnumeric(value) && numel(value) == 2
        value = sprintf('%.17g..%.17g', double(value));
    elseif ~touchtrain.internal.values.isText(value)
        faults.add('TouchTrain:BadOption', sprintf(['search.%s must be two numbers (a range) or a cell array of ' ...
            'values to try, such as {32, 64, 128}. It is %s.'], names{k}, ...
            touchtrain.internal.options.valueText(value)));
    end
    pairs(2 * k - 1:2 * k) = {names{k}, value};
end
faults.raise();
text = touchtrain.internal.options.optionsJson(pairs);
end

function items = choices(name, values)
% Values to try as a row cell array, with absolute paths of files.
if isa(values, 'string')
    values = cellstr(values);
end
items = reshape(values, 1, []);
for k = 1:numel(items)
    pair = touchtrain.internal.options.trainingPaths({name, items{k}});
    items{k} = pair{2};
end
end
