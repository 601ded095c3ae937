function values = ownOptions(arguments, defaults)
% OWNOPTIONS  Options of a function that does not pass them to Python.
%
%   VALUES = OWNOPTIONS(ARGUMENTS, DEFAULTS): ARGUMENTS is the cell array of the user's name-value arguments, DEFAULTS a
%   struct with one field per option. VALUES is that struct with the user's values. Names are not case-sensitive, and
%   unique beginnings of them are enough; an unknown name is an error.
pairs = touchtrain.internal.options.nameValues(arguments);
known = fieldnames(defaults)';
values = defaults;
for k = 1:2:numel(pairs)
    name = touchtrain.internal.options.inFull(pairs{k}, known);
    if isempty(name)
        touchtrain.internal.values.fail('TouchTrain:UnknownOption', ...
            '%s', touchtrain.internal.options.unknownName('option', pairs{k}, known));
    end
    values.(name) = pairs{k + 1};
end
end
