function text = mappingText(mapping)
% MAPPINGTEXT  What was read as which class, as one text: '0 = NonTouch, 1 = Touch'.
%
%   In the struct MAPPING a value such as 0 or -1 is the field x0 or x_1, because a field begins with a letter.
names = fieldnames(mapping);
parts = cell(1, numel(names));
for k = 1:numel(names)
    value = regexprep(regexprep(names{k}, '^x(?=\d)', ''), '^x_(?=\d)', '-');
    parts{k} = sprintf('%s = %s', value, mapping.(names{k}));
end
text = strjoin(parts, ', ');
end
