function folder = lastTraining(processDirectory)
% LASTTRAINING  Folder of the last training that train_new_model started in a process directory; '' if there is none.
folder = touchtrain.internal.script.MadeFolders(processDirectory).lastJob();
end
