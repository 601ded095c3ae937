function tf = isBlank(value)
% ISBLANK  True for a value that leaves an option out: [], '', {}, or a string without letters, which is not empty.
tf = isempty(value) || touchtrain.internal.values.isText(value) && isempty(strtrim(char(value)));
end
