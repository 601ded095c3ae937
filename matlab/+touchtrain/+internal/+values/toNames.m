function names = toNames(value)
% TONAMES  Convert a list of texts of any type and shape to a row cell array of char rows.
if iscell(value)
    names = cellfun(@char, value, 'UniformOutput', false);
else
    names = cellstr(value);
end
names = reshape(names, 1, []);
end
