function arrays = frameCell(frames)
% FRAMECELL  Frames as a row cell array with one array per recording, each of a type that can be passed to Python.
if iscell(frames)
    arrays = reshape(frames, 1, []);
else
    arrays = {frames};
end
if isempty(arrays)
    touchtrain.internal.values.fail('TouchTrain:BadFrames', ...
        'frames is an empty cell array. It must have one array of frames per recording.');
end
for k = 1:numel(arrays)
    arrays{k} = touchtrain.internal.values.onHost(arrays{k});
    one = arrays{k};
    if ~(isnumeric(one) || islogical(one)) || ~isreal(one) || issparse(one)
        name = 'frames';
        if iscell(frames)
            name = sprintf('frames{%d}', k);
        end
        kind = touchtrain.internal.values.kindOf(one);
        if isnumeric(one) && issparse(one)
            kind = ['sparse ' kind];
        elseif isnumeric(one) && ~isreal(one)
            kind = ['complex ' kind];
        end
        touchtrain.internal.values.fail('TouchTrain:BadFrames', ...
            '%s must be a full real array (uint8, uint16, logical, single or double). It is a %s.', ...
            name, kind);
    end
end
end
