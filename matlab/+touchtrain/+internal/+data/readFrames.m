function frames = readFrames(file)
% READFRAMES  Frames of an .npy file, as uint8 HxWxCxN, read without Python.
%
%   FRAMES = READFRAMES(FILE): what Python wrote as uint8 of (frames, height, width, channels), in C order.
id = fopen(file, 'r');
if id < 0
    error('TouchTrain:PathMissing', 'There is no file %s, or it cannot be read.', file);
end
closing = onCleanup(@() fclose(id)); %#ok<NASGU>
head = double(fread(id, [1 8], '*uint8'));
shape = [];
if numel(head) == 8 && isequal(head(1:6), [147 double('NUMPY')])
    % Of version 1 the length of the text is told in two bytes, later in four.
    length = double(fread(id, [1 2 + 2 * (head(7) > 1)], '*uint8'));
    text = fread(id, [1 sum(length .* 256 .^ (0:numel(length) - 1))], '*char');
    shape = regexp(text, '\((\d+), (\d+), (\d+), (\d+)\)', 'tokens', 'once');
end
if isempty(shape) || isempty(strfind(text, '''|u1''')) || isempty(strfind(text, '''fortran_order'': False'))
    error('TouchTrain:BadFrames', '%s holds no frames as TouchTrain writes them.', file);
end
shape = cellfun(@str2double, shape);
values = fread(id, [1 prod(shape)], '*uint8');
if numel(values) < prod(shape)
    error('TouchTrain:BadFrames', '%s is cut short: write it again.', file);
end
% C order: channels go fastest, then columns, rows, frames.
frames = permute(reshape(values, shape([4 3 2 1])), [3 2 1 4]);
end
