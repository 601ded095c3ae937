function text = valueText(value)
% VALUETEXT  Value as one line of MATLAB code.
if ischar(value)
    text = touchtrain.internal.values.inQuotes(value);
elseif iscell(value)
    parts = cellfun(@touchtrain.internal.options.valueText, value, 'UniformOutput', false);
    text = ['{' strjoin(parts, ', ') '}'];
elseif isempty(value)
    text = '[]';
elseif islogical(value) && numel(value) == 1
    words = {'false', 'true'};
    text = words{value + 1};
elseif isnumeric(value) || islogical(value)
    text = mat2str(double(value), 6);
else
    text = ['(' touchtrain.internal.values.kindOf(value) ')'];
end
end
