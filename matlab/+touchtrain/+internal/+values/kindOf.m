function text = kindOf(value)
% KINDOF  Class of a value for an error message: 'double', 'missing string', 'string with missing elements'.
text = class(value);
isAbsent = touchtrain.internal.values.isMissing(value);
if isnumeric(value) || isa(value, 'missing') || ~any(isAbsent)
    return
end
word = 'missing';
if isa(value, 'categorical')
    word = 'undefined';
end
if numel(value) == 1 && ~iscell(value)
    text = [word ' ' text];
else
    text = sprintf('%s with %s elements', text, word);
end
end
