function values = ownOptions(arguments, defaults)
% OWNOPTIONS  Options of a function that does not hand them to Python.
%
%   VALUES = OWNOPTIONS(ARGUMENTS, DEFAULTS): ARGUMENTS is the cell of names and values that the user gave, DEFAULTS a
%   struct with one field an option. VALUES is that struct with the values given; a name that is none of its fields, in
%   any case, is an error.
pairs = touchtrain.internal.options.nameValues(arguments);
known = fieldnames(defaults)';
values = defaults;
for k = 1:2:numel(pairs)
    isIt = strcmpi(known, pairs{k});
    if ~any(isIt)
        error('TouchTrain:UnknownOption', '%s', touchtrain.internal.options.unknownName('option', pairs{k}, known));
    end
    values.(known{isIt}) = pairs{k + 1};
end
end
