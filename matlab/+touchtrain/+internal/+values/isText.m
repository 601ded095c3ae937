function tf = isText(value)
% ISTEXT  True for a single text: a char row, or a string or categorical scalar that is not missing.
if ischar(value)
    tf = size(value, 1) == 1 || isempty(value);
else
    tf = (isa(value, 'string') || isa(value, 'categorical')) && numel(value) == 1 && ...
        ~touchtrain.internal.values.isMissing(value);
end
end
