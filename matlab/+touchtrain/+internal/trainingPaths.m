function pairs = trainingPaths(pairs)
% TRAININGPATHS  Make the paths among the options of a training absolute.
%
%   PAIRS = TRAININGPATHS(PAIRS) looks at InitialModel, Annotations, and at a Network of the user's own,
%   'file.py:function'.
for k = 1:2:numel(pairs)
    value = pairs{k + 1};
    switch lower(pairs{k})
        case {'initialmodel', 'annotations'}
            if ~isempty(value)
                pairs{k + 1} = touchtrain.internal.absolutePaths(value, pairs{k}, 'a file, or a list of files');
            end
        case 'network'
            if touchtrain.internal.isText(value) && ~isempty(regexpi(char(value), '\.py:\w+$', 'once'))
                pairs{k + 1} = touchtrain.internal.absolutePath(value, 'Network');
            end
    end
end
end
