function job = lastJob(processDirectory)
% LASTJOB  Folder of the last training that train_new_model started in a process directory; '' where there is none.
folders = touchtrain.internal.made(processDirectory);
isJob = cellfun(@(one) isfile(fullfile(one, 'settings.json')), folders);
job = '';
if any(isJob)
    job = folders{find(isJob, 1, 'last')};
end
end
