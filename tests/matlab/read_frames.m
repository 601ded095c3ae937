function frames = read_frames(file)
% READ_FRAMES  Frames of a .frames.npy file of a dataset, as uint8 HxWxCxN, by its bytes alone.
id = fopen(file, 'r');
assert(id > 0, 'TouchTrain:Test', 'There is no file %s', file);
closing = onCleanup(@() fclose(id)); %#ok<NASGU>
head = fread(id, 10, '*uint8');
text = fread(id, double(head(9)) + 256 * double(head(10)), '*char')';
shape = regexp(text, '\((\d+), (\d+), (\d+), (\d+)\)', 'tokens', 'once');
shape = cellfun(@str2double, shape);
values = fread(id, prod(shape), '*uint8');
% C order: channels go fastest, then columns, rows, frames.
frames = permute(reshape(values, shape([4 3 2 1])), [3 2 1 4]);
end
