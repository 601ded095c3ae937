function frames = readFrames(file)
% READFRAMES  Read the frames of an .npy file as uint8 HxWxCxN, without Python.
%
%   FRAMES = READFRAMES(FILE): FILE holds a C-ordered uint8 array (frames, height, width, channels).
id = fopen(file, 'r');
if id < 0
    touchtrain.internal.values.fail('TouchTrain:PathMissing', 'The file %s does not exist or cannot be read.', file);
end
closing = onCleanup(@() fclose(id)); %#ok<NASGU>
head = double(fread(id, [1 8], '*uint8'));
shape = [];
if numel(head) == 8 && isequal(head(1:6), [147 double('NUMPY')])
    % Format version 1 stores the header length in two bytes, later versions in four.
    length = double(fread(id, [1 2 + 2 * (head(7) > 1)], '*uint8'));
    text = fread(id, [1 sum(length .* 256 .^ (0:numel(length) - 1))], '*char');
    shape = regexp(text, '\((\d+), (\d+), (\d+), (\d+)\)', 'tokens', 'once');
end
if isempty(shape) || isempty(strfind(text, '''|u1''')) || isempty(strfind(text, '''fortran_order'': False'))
    touchtrain.internal.values.fail('TouchTrain:BadFrames', ...
        '%s has no frames in the format that TouchTrain writes.', file);
end
shape = cellfun(@str2double, shape);
values = fread(id, [1 prod(shape)], '*uint8');
if numel(values) < prod(shape)
    touchtrain.internal.values.fail('TouchTrain:BadFrames', '%s is truncated. Write it again.', file);
end
% C order: channels vary fastest, then columns, rows, frames.
frames = permute(reshape(values, shape([4 3 2 1])), [3 2 1 4]);
end
