function tf = isMissing(value)
% ISMISSING  Which elements of a value are missing, as a logical row: NaN, NaT, <missing>, <undefined>.
%
%   TF = ISMISSING(VALUE): of a cell array, the elements that are one missing value each. Empty text is not missing.
if iscell(value)
    tf = cellfun(@(one) numel(one) == 1 && ~iscell(one) && touchtrain.internal.values.isMissing(one), ...
        reshape(value, 1, []));
elseif isa(value, 'missing')
    tf = true(1, numel(value));
elseif isfloat(value)
    tf = reshape(isnan(value), 1, []);
elseif any(strcmp(class(value), {'string', 'categorical', 'datetime', 'duration', 'calendarDuration'}))
    tf = reshape(ismissing(value), 1, []); % MATLAB only; Octave has no such classes
else
    tf = false(1, numel(value));
end
end
