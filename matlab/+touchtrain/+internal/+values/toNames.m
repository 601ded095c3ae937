function names = toNames(value)
% TONAMES  Turn a list of texts, of whatever kind and shape, into a row of char rows.
if iscell(value)
    names = cellfun(@char, value, 'UniformOutput', false);
else
    names = cellstr(value);
end
names = reshape(names, 1, []);
end
