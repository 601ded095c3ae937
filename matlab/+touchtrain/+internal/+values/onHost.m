function value = onHost(value)
% ONHOST  A value with arrays in the memory of the computer, since Python gets none of a graphics card (gpuArray).
%
%   VALUE = ONHOST(VALUE) also gathers the elements of a cell array, and the fields of structs.
if isa(value, 'gpuArray')
    value = gather(value); % MATLAB only
elseif iscell(value)
    value = cellfun(@touchtrain.internal.values.onHost, value, 'UniformOutput', false);
elseif isstruct(value)
    fields = cellfun(@touchtrain.internal.values.onHost, struct2cell(value), 'UniformOutput', false);
    value = cell2struct(fields, fieldnames(value), 1);
elseif isa(value, 'table') || isa(value, 'timetable')
    for k = 1:size(value, 2)
        value.(k) = touchtrain.internal.values.onHost(value.(k)); % MATLAB only
    end
end
end
