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
pairs = touchtrain.internal.options.nameValues({search}, 'train');
for k = 1:2:numel(pairs)
    value = pairs{k + 1};
    isAbsent = ~isnumeric(value) && any(touchtrain.internal.values.isMissing(value));
    if ~isAbsent && (iscell(value) || isa(value, 'string') && numel(value) > 1)
        pairs{k + 1} = choices(pairs{k}, value);
    elseif isnumeric(value) && numel(value) == 2
        pairs{k + 1} = sprintf('%.17g..%.17g', double(value));
    elseif ~touchtrain.internal.values.isText(value)
        faults.add('TouchTrain:BadOption', sprintf(['search.%s must be two numbers (a range) or a cell array of ' ...
            'values to try, such as {32, 64, 128}. It is %s.'], pairs{k}, ...
            touchtrain.internal.options.valueText(value)));
    end
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
