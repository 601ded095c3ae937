function noteMade(processDirectory, folder)
% NOTEMADE  Note that train_new_model has made a folder within its process directory.
folders = touchtrain.internal.made(processDirectory);
folders = [folders(~strcmp(folders, folder)), {folder}];
touchtrain.internal.keepNote(processDirectory, folders);
end
