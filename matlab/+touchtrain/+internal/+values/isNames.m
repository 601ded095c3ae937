function tf = isNames(value)
% ISNAMES  True for a list of texts, none of which is missing: a cellstr, or a string or categorical array.
tf = (isa(value, 'string') || isa(value, 'categorical')) && ~any(touchtrain.internal.values.isMissing(value));
if iscell(value) && ~isempty(value)
    tf = all(cellfun(@touchtrain.internal.values.isText, value(:)));
end
end
