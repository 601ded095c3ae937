function pairs = centersOption(pairs)
% CENTERSOPTION  Prepare the video conversion options that can be files for Python.
%
%   PAIRS = CENTERSOPTION(PAIRS): paths in Centers, FrameValues, Tags and Template become absolute; '' becomes []. In a
%   cell array Centers with one element per video, a fixed centre [x y] becomes a list of one, to distinguish it from
%   the centre of a single frame.
names = pairs(1:2:end);
for k = find(ismember(lower(names), {'centers', 'framevalues', 'tags', 'template'}))
    centers = pairs{2 * k};
    if touchtrain.internal.values.isBlank(centers)
        centers = [];
    elseif touchtrain.internal.values.isText(centers) || touchtrain.internal.values.isNames(centers)
        centers = touchtrain.internal.values.absolutePaths(centers, names{k}, 'a file, or a list of files');
    elseif iscell(centers) && strcmpi(names{k}, 'Centers')
        isFixed = cellfun(@(item) isnumeric(item) && numel(item) == 2, centers);
        centers(isFixed) = cellfun(@(item) {item}, centers(isFixed), 'UniformOutput', false);
    end
    pairs{2 * k} = centers;
end
end
