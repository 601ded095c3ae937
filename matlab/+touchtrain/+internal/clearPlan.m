function clearPlan(plan)
% CLEARPLAN  The section CLEAR_DIRECTORIES of train_new_model: remove the dataset and the jobs that it has made.
%
%   Only folders that the script noted are touched; in the dataset only files of a dataset. A job that still runs stays.
folders = touchtrain.internal.made(plan.processDirectory);
stays = false(1, numel(folders));
for k = 1:numel(folders)
    if ~isfolder(folders{k})
        continue
    elseif isfile(fullfile(folders{k}, 'dataset.json'))
        removeDataset(folders{k});
    elseif isfile(fullfile(folders{k}, 'settings.json'))
        status = touchtrain.internal.askPython('job_status', folders{k});
        if touchtrain.internal.jobHasEnded(status)
            removeFiles(folders{k}, {'*'});
        end
    end
    stays(k) = isfolder(folders{k});
    if stays(k)
        fprintf('Not removed, because it is in use or holds other files: %s\n', folders{k});
    else
        fprintf('Removed %s\n', folders{k});
    end
end
if isfolder(plan.jobs) && numel(dir(plan.jobs)) == 2
    rmdir(plan.jobs);
end
if ~isempty(folders)
    touchtrain.internal.keepNote(plan.processDirectory, folders(stays));
end
end

function removeDataset(folder)
removeFiles(folder, {'*.frames.npy', '*.labels.npy', '*.groups.npy', 'dataset.json'});
end

function removeFiles(folder, patterns)
% Remove the files of some patterns, and the folder if it is empty then.
for k = 1:numel(patterns)
    found = dir(fullfile(folder, patterns{k}));
    for n = 1:numel(found)
        if ~found(n).isdir
            delete(fullfile(folder, found(n).name));
        end
    end
end
if numel(dir(folder)) == 2 % . and ..
    rmdir(folder);
end
end
