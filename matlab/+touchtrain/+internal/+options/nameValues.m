function pairs = nameValues(arguments, command, own)
% NAMEVALUES  Check name-value arguments and return them as a row {name, value, name, value, ...} with char names.
%
%   PAIRS = NAMEVALUES(ARGUMENTS): ARGUMENTS is the cell array of the arguments after the fixed ones, names and values
%   in turn. A scalar struct in place of a name stands for its fields.
%   PAIRS = NAMEVALUES(ARGUMENTS, COMMAND) writes the names of options of COMMAND, such as 'train', in full, where they
%   are unique beginnings or differ in case. Other names stay as they are: the check in Python names all of them.
%   PAIRS = NAMEVALUES(ARGUMENTS, COMMAND, OWN) also knows the names in the cell array OWN, which Python does not take.
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
            ['Options must be pairs ''Name'', value, after all other inputs. Expected a name, but found a value of ' ...
            'class %s.'], ...
            touchtrain.internal.values.kindOf(item));
    elseif k == numel(arguments)
        touchtrain.internal.values.fail('TouchTrain:BadOption', ...
            'Options must be pairs ''Name'', value, after all other inputs. The value of %s is missing.', ...
            char(item));
    else
        pairs = [pairs, {char(item), arguments{k + 1}}]; %#ok<AGROW>
        k = k + 2;
    end
end
if nargin > 1 && ~isempty(pairs)
    known = touchtrain.internal.options.optionNames(command);
    if nargin > 2
        known = [known, own];
    end
    for k = 1:2:numel(pairs)
        name = touchtrain.internal.options.inFull(pairs{k}, known);
        if ~isempty(name)
            pairs{k} = name;
        end
    end
end
end
