function paths = absolutePaths(paths, name, what)
% ABSOLUTEPATHS  The absolute path of a text, or a row cell with those of a list of texts.
%
%   PATHS = ABSOLUTEPATHS(PATHS, NAME, WHAT) raises TouchTrain:BadOption for anything else: NAME is what the argument is
%   called, WHAT what it must be.
if touchtrain.internal.values.isText(paths)
    paths = touchtrain.internal.values.absolutePath(paths, name);
elseif touchtrain.internal.values.isNames(paths)
    paths = cellfun(@(one) touchtrain.internal.values.absolutePath(one, name), ...
        touchtrain.internal.values.toNames(paths), 'UniformOutput', false);
else
    error('TouchTrain:BadOption', '%s must be %s. It is a %s.', name, what, class(paths));
end
end
