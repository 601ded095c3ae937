function yes = isText(value)
% ISTEXT  Tell whether a value is one text: a char row, or a string or categorical scalar.
if ischar(value)
    yes = size(value, 1) == 1 || isempty(value);
else
    yes = (isa(value, 'string') || isa(value, 'categorical')) && numel(value) == 1;
end
end
