function problem = engineUnfit(value, place)
% ENGINEUNFIT  What of a value cannot be handed to Python, and where it is; '' where nothing is.
%
%   PROBLEM = ENGINEUNFIT(VALUE, PLACE): PLACE is how to call the value, such as 'output 1'.
problem = '';
if iscell(value)
    if ~isempty(value) && ~isLine(value)
        problem = sprintf('%s is a cell of %s. Only rows and columns pass: take it apart.', place, sized(value));
    end
    for k = 1:numel(value)
        problem = first(problem, @() touchtrain.internal.engine.engineUnfit(value{k}, sprintf('%s{%d}', place, k)));
    end
elseif isstruct(value)
    problem = unfitStruct(value, place);
elseif ischar(value)
    if size(value, 1) > 1 && size(value, 2) ~= 1 || ndims(value) > 2
        problem = sprintf('%s is a char array of %s. Only rows pass: cellstr makes a cell of them.', place, ...
            sized(value));
    end
elseif isnumeric(value) || islogical(value)
    problem = unfitNumbers(value, place);
elseif isa(value, 'string')
    if ~isLine(value)
        problem = sprintf('%s is a string array of %s. Only rows and columns pass.', place, sized(value));
    end
elseif ~ismember(class(value), {'datetime', 'duration', 'table', 'timetable', 'dictionary'})
    problem = sprintf('%s is a %s, which Python has no value for.', place, class(value));
end
end

function problem = unfitStruct(value, place)
problem = '';
if numel(value) ~= 1
    problem = sprintf('%s is a struct array of %s. Only single ones pass: num2cell makes a cell of them.', place, ...
        sized(value));
    return
end
names = fieldnames(value);
for k = 1:numel(names)
    problem = first(problem, @() touchtrain.internal.engine.engineUnfit(value.(names{k}), [place '.' names{k}]));
end
end

function problem = unfitNumbers(value, place)
problem = '';
bytes = 1;
if isnumeric(value)
    bytes = numel(typecast(zeros(1, 1, class(value)), 'uint8')) * (2 - isreal(value));
end
if issparse(value)
    problem = sprintf('%s is sparse: full makes a full one of it.', place);
elseif numel(value) * bytes > 2147483647
    problem = sprintf('%s has %.1f GB; at most 2 GB pass at a time. Save it and pass the path of the file.', place, ...
        numel(value) * bytes / 1e9);
end
end

function yes = isLine(value)
yes = ndims(value) == 2 && min(size(value)) <= 1;
end

function problem = first(problem, look)
if isempty(problem)
    problem = look();
end
end

function text = sized(value)
text = strjoin(arrayfun(@(n) sprintf('%d', n), size(value), 'UniformOutput', false), 'x');
end
