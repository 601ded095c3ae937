function pairs = nameValues(arguments)
% NAMEVALUES  Check name-value arguments and return them as a row {name, value, name, value, ...} with char names.
%
%   PAIRS = NAMEVALUES(ARGUMENTS): ARGUMENTS is the cell array of the arguments after the fixed ones, names and values
%   in turn. A scalar struct in place of a name stands for its fields.
pairs = {};
k = 1;
while k <= numel(arguments)
    item = arguments{k};
    if isstruct(item) && numel(item) == 1
        fields = [reshape(fieldnames(item), 1, []); reshape(struct2cell(item), 1, [])];
        pairs = [pairs, reshape(fields, 1, [])]; %#ok<AGROW>
        k = k + 1;
    elseif ~touchtrain.internal.values.isText(item) || isempty(char(item))
        touchtrain.internal.values.fail('TouchTrain:BadOption', ...
            'Options must be pairs ''Name'', value. Expected a name, but found a value of class %s.', class(item));
    elseif k == numel(arguments)
        touchtrain.internal.values.fail('TouchTrain:BadOption', ...
            'Options must be pairs ''Name'', value. The value of %s is missing.', ...
            char(item));
    else
        pairs = [pairs, {char(item), arguments{k + 1}}]; %#ok<AGROW>
        k = k + 2;
    end
end
end
