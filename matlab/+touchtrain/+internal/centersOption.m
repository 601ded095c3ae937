function pairs = centersOption(pairs)
% CENTERSOPTION  The options of a conversion of videos, with Centers in the form in which it goes to Python.
%
%   PAIRS = CENTERSOPTION(PAIRS): the path of a file becomes absolute, and in a cell with an item a video a fixed
%   centre [x y] becomes a list of one, so that it is told from the centre of one frame. '' is none.
for k = find(strcmpi(pairs(1:2:end), 'Centers'))
    centers = pairs{2 * k};
    if touchtrain.internal.isText(centers) && isempty(char(centers))
        centers = [];
    elseif touchtrain.internal.isText(centers)
        centers = touchtrain.internal.absolutePath(centers, 'Centers');
    elseif iscell(centers)
        isFixed = cellfun(@(item) isnumeric(item) && numel(item) == 2, centers);
        centers(isFixed) = cellfun(@(item) {item}, centers(isFixed), 'UniformOutput', false);
    end
    pairs{2 * k} = centers;
end
end
