function text = optionsJson(pairs)
% OPTIONSJSON  Encode options as a JSON object.
%
%   TEXT = OPTIONSJSON(PAIRS): PAIRS is the row {name, value, ...} that NAMEVALUES returns. A vector becomes a flat
%   list, a matrix a list of its rows, a cell array a list of its elements, a struct an object; [] and NaN become null,
%   Inf becomes 'Inf', and every type of text becomes a JSON string.
parts = cell(1, numel(pairs) / 2);
for k = 1:numel(parts)
    parts{k} = [jsonencode(pairs{2 * k - 1}) ':' valueJson(pairs{2 * k}, pairs{2 * k - 1})];
end
text = ['{' strjoin(parts, ',') '}'];
end

function text = valueJson(value, name)
if isa(value, 'gpuArray')
    value = gather(value); % MATLAB only
end
if touchtrain.internal.values.isText(value)
    text = jsonencode(char(value));
elseif touchtrain.internal.values.isNames(value)
    text = jsonencode(touchtrain.internal.values.toNames(value));
elseif ischar(value)
    text = jsonencode(cellstr(value)');
elseif iscell(value)
    parts = cellfun(@(item) valueJson(item, name), reshape(value, 1, []), 'UniformOutput', false);
    text = ['[' strjoin(parts, ',') ']'];
elseif isstruct(value) && numel(value) == 1
    names = fieldnames(value)';
    parts = cellfun(@(field) [jsonencode(field) ':' valueJson(value.(field), name)], names, 'UniformOutput', false);
    text = ['{' strjoin(parts, ',') '}'];
elseif isempty(value) && (islogical(value) || isnumeric(value))
    text = 'null';
elseif islogical(value) || isnumeric(value)
    text = numbersJson(full(value));
else
    touchtrain.internal.values.fail('TouchTrain:BadOption', ...
        '%s must be text, a number, or a list of these, not a value of class %s.', name, ...
        touchtrain.internal.values.kindOf(value));
end
end

function text = numbersJson(value)
% sprintf instead of jsonencode, which rejects some single values and 64-bit integers. One call for all numbers, because
% the centres of many videos can be hundreds of thousands of numbers.
if islogical(value)
    words = {'false', 'true'};
    words = words(value + 1);
elseif ~isreal(value)
    words = arrayfun(@(one) ['"' num2str(one) '"'], value, 'UniformOutput', false);
else
    form = '%d';
    if isfloat(value)
        form = '%.17g';
        value = double(value);
    end
    words = [];
end
if ~isempty(words)
    text = strjoin(reshape(words, 1, []), ',');
elseif size(value, 1) > 1 && size(value, 2) > 1
    row = repmat([form ','], 1, size(value, 2));
    text = sprintf(['[' row(1:end - 1) '],'], value(:, :).');
    text = text(1:end - 1);
else
    text = sprintf([form ','], value);
    text = text(1:end - 1);
end
text = regexprep(strrep(text, 'NaN', 'null'), '(-?Inf)', '"$1"');
if numel(value) > 1
    text = ['[' text ']'];
end
end
