function engine_answer(request_file, answer_file)
% ENGINE_ANSWER  Do what Python asks of GNU Octave: a request in one MAT file, the answer in another.
%
%   The request has name, inputs (cell) and n_outputs; the answer has fault, as
%   touchtrain.internal.engine.engineCall returns it, and outputs (cell).
request = unpacked(load(request_file));
outputs = cell(1, request.n_outputs);
[fault, outputs{:}] = touchtrain.internal.engine.engineCall(request.name, request.inputs{:});
if ~isempty(fault{2})
    outputs = {};
end
outputs = packed(outputs);
save('-v6', '-mat-binary', answer_file, 'fault', 'outputs');
end

function value = packed(value)
% Put into structs of our own what SciPy does not read as it is: complex numbers, letters beyond ASCII and
% NUL, empty structs.
if iscell(value)
    value = cellfun(@packed, value, 'UniformOutput', false);
elseif isstruct(value) && isempty(fieldnames(value))
    value = struct('TouchTrainEmpty', 1);
elseif isstruct(value)
    value = structfun(@packed, value, 'UniformOutput', false);
elseif isnumeric(value) && ~isreal(value)
    value = struct('TouchTrainReal', real(value), 'TouchTrainImaginary', imag(value));
elseif ischar(value) && any(value(:) > 127 | value(:) == 0)
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
