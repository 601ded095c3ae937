function engine_answer(request_file, answer_file)
% ENGINE_ANSWER  Do what Python asks of GNU Octave: a request in one MAT file, the answer in another.
%
%   The request has name, inputs (cell) and n_outputs; the answer fault, as touchtrain.internal.engineCall returns it,
%   and outputs (cell). What Python cannot take is told by its class, before it is written.
request = unpacked(load(request_file));
outputs = cell(1, request.n_outputs);
[fault, outputs{:}] = touchtrain.internal.engineCall(request.name, request.inputs{:});
for k = 1:numel(outputs)
    problem = unfit(outputs{k}, sprintf('output %d', k));
    if isempty(fault{2}) && ~isempty(problem)
        fault = {'TouchTrain:BadValue', problem, ''};
    end
end
if ~isempty(fault{2})
    outputs = {};
end
outputs = packed(outputs);
save('-v6', '-mat-binary', answer_file, 'fault', 'outputs');
end

function problem = unfit(value, place)
% What of a value cannot be handed to Python, and where it is; '' where nothing is.
problem = '';
if iscell(value)
    if ~isempty(value) && sum(size(value) ~= 1) > 1
        problem = sprintf('%s is a cell of %s. Only rows and columns pass: take it apart.', place, sized(value));
    end
    for k = 1:numel(value)
        problem = first(problem, @() unfit(value{k}, sprintf('%s{%d}', place, k)));
    end
elseif isstruct(value)
    if numel(value) ~= 1
        problem = sprintf('%s is a struct array of %s. Only single ones pass: num2cell makes a cell of them.', ...
            place, sized(value));
        return
    end
    names = fieldnames(value);
    for k = 1:numel(names)
        problem = first(problem, @() unfit(value.(names{k}), [place '.' names{k}]));
    end
elseif ischar(value)
    if size(value, 1) > 1 && size(value, 2) ~= 1 || ndims(value) > 2
        problem = sprintf('%s is a char array of %s. Only rows pass: cellstr makes a cell of them.', place, ...
            sized(value));
    end
elseif issparse(value)
    problem = sprintf('%s is sparse: full makes a full one of it.', place);
elseif ~(isnumeric(value) || islogical(value))
    problem = sprintf('%s is a %s, which Python has no value for.', place, class(value));
end
end

function value = packed(value)
% Put into structs of our own what SciPy does not read as it is: complex numbers, letters beyond ASCII, empty structs.
if iscell(value)
    value = cellfun(@packed, value, 'UniformOutput', false);
elseif isstruct(value) && isempty(fieldnames(value))
    value = struct('TouchTrainEmpty', 1);
elseif isstruct(value)
    value = structfun(@packed, value, 'UniformOutput', false);
elseif isnumeric(value) && ~isreal(value)
    value = struct('TouchTrainReal', real(value), 'TouchTrainImaginary', imag(value));
elseif ischar(value) && any(value(:) > 127)
    value = struct('TouchTrainText', uint8(value(:)'));
end
end

function value = unpacked(value)
% Take texts out of the structs of our own in which they come.
if iscell(value)
    value = cellfun(@unpacked, value, 'UniformOutput', false);
elseif isstruct(value) && isfield(value, 'TouchTrainText')
    value = char(value.TouchTrainText);
elseif isstruct(value) && ~isempty(fieldnames(value))
    value = structfun(@unpacked, value, 'UniformOutput', false);
end
end

function problem = first(problem, look)
if isempty(problem)
    problem = look();
end
end

function text = sized(value)
text = strjoin(arrayfun(@(n) sprintf('%d', n), size(value), 'UniformOutput', false), 'x');
end
