function pairs = trainingPaths(pairs)
% TRAININGPATHS  Make the paths in training options absolute.
%
%   PAIRS = TRAININGPATHS(PAIRS) converts InitialModel, Annotations (a file, a list of files, or a struct with one file
%   per annotator) and a user-defined Network, 'file.py:function'.
for k = 1:2:numel(pairs)
    value = pairs{k + 1};
    switch lower(pairs{k})
        case 'initialmodel'
            pairs{k + 1} = touchtrain.internal.options.optionalPath(value, pairs{k});
        case 'annotations'
            if isstruct(value) && numel(value) == 1
                pairs{k + 1} = structfun(@(file) touchtrain.internal.values.absolutePath(file, pairs{k}), value, ...
                    'UniformOutput', false);
            elseif touchtrain.internal.values.isBlank(value)
                pairs{k + 1} = [];
            else
                pairs{k + 1} = touchtrain.internal.values.absolutePaths(value, pairs{k}, ...
                    'a file, a list of files, or a struct with one file per annotator');
            end
        case 'network'
            if touchtrain.internal.values.isText(value) && ~isempty(regexpi(char(value), '\.py:\w+$', 'once'))
                pairs{k + 1} = touchtrain.internal.values.absolutePath(value, 'Network');
            end
    end
end
end
