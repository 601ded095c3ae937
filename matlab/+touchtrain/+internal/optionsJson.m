function text = optionsJson(pairs)
% OPTIONSJSON  Write options as the JSON text of one object.
%
%   TEXT = OPTIONSJSON(PAIRS) takes the row {name, value, ...} that NAMEVALUES gives. Every vector becomes a flat
%   list, [] null, Inf the text 'Inf', and texts of every kind a JSON string.
parts = cell(1, numel(pairs) / 2);
for k = 1:numel(parts)
    parts{k} = [jsonencode(pairs{2 * k - 1}) ':' valueJson(pairs{2 * k}, pairs{2 * k - 1})];
end
text = ['{' strjoin(parts, ',') '}'];
end

function text = valueJson(value, name)
if touchtrain.internal.isText(value)
    text = jsonencode(char(value));
elseif touchtrain.internal.isNames(value)
    text = jsonencode(touchtrain.internal.toNames(value));
elseif ischar(value)
    text = jsonencode(cellstr(value)');
elseif iscell(value)
    text = listJson(value, name);
elseif islogical(value) || isnumeric(value)
    text = numbersJson(value);
else
    error('TouchTrain:BadOption', '%s must be a text, a number, or a list of them. It is a %s.', name, class(value));
end
end

function text = listJson(items, name)
parts = cellfun(@(item) valueJson(item, name), reshape(items, 1, []), 'UniformOutput', false);
text = ['[' strjoin(parts, ',') ']'];
end

function text = numbersJson(value)
if isempty(value)
    text = 'null';
elseif numel(value) == 1
    text = numberJson(value);
elseif isfloat(value) && isreal(value) && all(isfinite(value(:)))
    text = sprintf('%.17g,', double(value));
    text = ['[' text(1:end - 1) ']'];
else
    parts = arrayfun(@numberJson, reshape(full(value), 1, []), 'UniformOutput', false);
    text = ['[' strjoin(parts, ',') ']'];
end
end

function text = numberJson(value)
% Written digit by digit here: jsonencode refuses some singles and 64-bit integers.
if islogical(value)
    words = {'false', 'true'};
    text = words{value + 1};
elseif ~isreal(value)
    text = ['"' num2str(value) '"'];
elseif isinteger(value)
    text = sprintf('%d', value);
elseif isnan(value)
    text = 'null';
elseif isinf(value)
    words = {'"-Inf"', '"Inf"'};
    text = words{(value > 0) + 1};
else
    text = sprintf('%.17g', double(value));
end
end
