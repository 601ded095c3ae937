function [folders, file] = made(processDirectory)
% MADE  The folders that train_new_model has made in a process directory, oldest first, as absolute paths.
%
%   FILE is where they are noted. Only what is noted there is ever removed.
file = fullfile(processDirectory, 'train_new_model.json');
folders = {};
if isfile(file)
    note = touchtrain.internal.fromJson(fileread(file));
    if ~isempty(note.made)
        folders = cellfun(@(name) fullfile(processDirectory, name), note.made, 'UniformOutput', false);
    end
end
end
