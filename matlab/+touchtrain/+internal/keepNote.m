function keepNote(processDirectory, folders)
% KEEPNOTE  Write down which folders train_new_model has made in its process directory; see MADE.
[~, file] = touchtrain.internal.made(processDirectory);
names = cellfun(@(one) strrep(one(numel(processDirectory) + 2:end), '\', '/'), folders, 'UniformOutput', false);
id = fopen(file, 'w');
if id < 0
    error('TouchTrain:NotWritable', '%s cannot be written.', file);
end
closing = onCleanup(@() fclose(id)); %#ok<NASGU>
fprintf(id, '%s\n', jsonencode(struct('made', {names})));
end
