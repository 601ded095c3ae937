function yes = isNames(value)
% ISNAMES  Tell whether a value is a list of texts: a cellstr, or a string or categorical array.
yes = isa(value, 'string') || isa(value, 'categorical');
if iscell(value) && ~isempty(value)
    yes = all(cellfun(@touchtrain.internal.values.isText, value(:)));
end
end
