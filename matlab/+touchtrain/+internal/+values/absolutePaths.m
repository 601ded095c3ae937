function paths = absolutePaths(paths, name, what)
% ABSOLUTEPATHS  Absolute path of a text, or a row cell array of the absolute paths of a list of texts.
%
%   PATHS = ABSOLUTEPATHS(PATHS, NAME, WHAT) raises TouchTrain:BadOption for any other value: NAME is the argument, WHAT
%   describes its valid values.
if touchtrain.internal.values.isText(paths)
    paths = touchtrain.internal.values.absolutePath(paths, name);
elseif touchtrain.internal.values.isNames(paths)
    paths = cellfun(@(one) touchtrain.internal.values.absolutePath(one, name), ...
        touchtrain.internal.values.toNames(paths), 'UniformOutput', false);
else
    touchtrain.internal.values.fail('TouchTrain:BadOption', '%s must be %s. It is a %s.', name, what, ...
        touchtrain.internal.values.kindOf(paths));
end
end
