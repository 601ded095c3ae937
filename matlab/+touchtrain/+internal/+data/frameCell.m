function arrays = frameCell(frames)
% FRAMECELL  Frames as a row cell with one array a recording, each of a kind that can be sent to Python.
if iscell(frames)
    arrays = reshape(frames, 1, []);
else
    arrays = {frames};
end
if isempty(arrays)
    error('TouchTrain:BadFrames', 'frames is an empty cell. Give one array of frames a recording.');
end
for k = 1:numel(arrays)
    one = arrays{k};
    if ~(isnumeric(one) || islogical(one)) || ~isreal(one) || issparse(one)
        name = 'frames';
        if iscell(frames)
            name = sprintf('frames{%d}', k);
        end
        kind = class(one);
        if isnumeric(one) && issparse(one)
            kind = ['sparse ' kind];
        elseif isnumeric(one) && ~isreal(one)
            kind = ['complex ' kind];
        end
        error('TouchTrain:BadFrames', ...
            '%s must be a full array of real numbers (uint8, uint16, logical, single, double). It is a %s.', ...
            name, kind);
    end
end
end
