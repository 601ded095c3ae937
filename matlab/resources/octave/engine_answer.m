function engine_answer(request_file, answer_file)
% ENGINE_ANSWER  Execute a request of Python in GNU Octave: read it from one MAT file, write the answer to another.
%
%   The request has name, inputs (cell array) and n_outputs. The answer has fault, the first output of
%   touchtrain.internal.engine.engineCall, and outputs (cell array).
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
% Wrap values that SciPy does not read correctly in structs: complex numbers, non-ASCII and NUL characters, empty
% structs.
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
% Unwrap the texts that Python wrapped in structs.
if iscell(value)
    value = cellfun(@unpacked, value, 'UniformOutput', false);
elseif isstruct(value) && isfield(value, 'TouchTrainText')
    value = char(value.TouchTrainText);
elseif isstruct(value) && ~isempty(fieldnames(value))
    value = structfun(@unpacked, value, 'UniformOutput', false);
end
end
