function problem = unsupportedValue(value, place)
% UNSUPPORTEDVALUE  Message if a value, or part of it, cannot be passed to Python; '' if it can.
%
%   PROBLEM = UNSUPPORTEDVALUE(VALUE, PLACE): PLACE names the value in the message, such as 'output 1'.
problem = '';
if iscell(value)
    if ~isempty(value) && ~isLine(value)
        problem = sprintf('%s is a %s cell array. Only rows and columns can be passed: split it.', place, ...
            sized(value));
    end
    for k = 1:numel(value)
        element = sprintf('%s{%d}', place, k);
        problem = first(problem, @() touchtrain.internal.engine.unsupportedValue(value{k}, element));
    end
elseif isstruct(value)
    problem = unfitStruct(value, place);
elseif ischar(value)
    if size(value, 1) > 1 && size(value, 2) ~= 1 || ndims(value) > 2
        problem = sprintf('%s is a %s char array. Only rows can be passed: convert it with cellstr.', place, ...
            sized(value));
    end
elseif isnumeric(value) || islogical(value)
    problem = unfitNumbers(value, place);
elseif isa(value, 'string')
    if ~isLine(value)
        problem = sprintf('%s is a %s string array. Only rows and columns can be passed.', place, sized(value));
    end
elseif ~ismember(class(value), {'datetime', 'duration', 'table', 'timetable', 'dictionary'})
    problem = sprintf('%s has class %s, which cannot be converted to a Python value.', place, class(value));
end
end

function problem = unfitStruct(value, place)
problem = '';
if numel(value) ~= 1
    problem = sprintf('%s is a %s struct array. Only scalar structs can be passed: convert it with num2cell.', ...
        place, sized(value));
    return
end
names = fieldnames(value);
for k = 1:numel(names)
    problem = first(problem, @() touchtrain.internal.engine.unsupportedValue(value.(names{k}), [place '.' names{k}]));
end
end

function problem = unfitNumbers(value, place)
problem = '';
bytes = 1;
if isnumeric(value)
    bytes = numel(typecast(zeros(1, 1, class(value)), 'uint8')) * (2 - isreal(value));
end
if issparse(value)
    problem = sprintf('%s is sparse: convert it with full.', place);
elseif numel(value) * bytes > 2147483647
    problem = sprintf('%s has %.1f GB; the limit is 2 GB. Save it to a file and pass the path.', place, ...
        numel(value) * bytes / 1e9);
end
end

function tf = isLine(value)
tf = ndims(value) == 2 && min(size(value)) <= 1;
end

function problem = first(problem, look)
if isempty(problem)
    problem = look();
end
end

function text = sized(value)
text = strjoin(arrayfun(@(n) sprintf('%d', n), size(value), 'UniformOutput', false), 'x');
end
