function createDataset(plan)
% CREATEDATASET  Section CREATE_NUMPY of train_new_model: convert frames and labels to a dataset.
isNew = ~isfolder(plan.processDirectory);
if isNew
    mkdir(plan.processDirectory);
end
made = touchtrain.internal.script.MadeFolders(plan.processDirectory);
before = made.folders;
fromFiles = ~strcmp(plan.command, 'convertArrays');
if fromFiles % recorded first, because the conversion continues after Ctrl+C
    made.add(plan.datasetJob);
    made.add(plan.dataset);
end
try
    convert(plan);
catch err
    if fromFiles && isfolder(plan.datasetJob)
        before = [before, {plan.datasetJob}];
    end
    made.note(before);
    if isNew && isempty(before)
        [~, ~] = rmdir(plan.processDirectory); % if it is empty; what went wrong is told below
    end
    rethrow(err);
end
made.add(plan.dataset);
end

function convert(plan)
options = [plan.convertOptions, {'JobFolder', plan.datasetJob}];
switch plan.command
    case 'convertVideos'
        touchtrain.convertVideos(plan.dataPath, plan.labelPath, plan.dataset, options{:});
    case 'convertFolders'
        touchtrain.convertFolders(plan.dataPath, plan.dataset, options{:});
    case 'convertNumpy'
        touchtrain.convertNumpy(plan.dataPath, plan.dataset, options{:});
    otherwise
        touchtrain.convertArrays(plan.frames, plan.labels, plan.dataset, plan.convertOptions{:});
end
end
