function createDataset(plan)
% CREATEDATASET  The section CREATE_NUMPY of train_new_model: frames and labels become a dataset.
isNew = ~isfolder(plan.processDirectory);
if isNew
    mkdir(plan.processDirectory);
end
try
    touchtrain.convertArrays(plan.frames, plan.labels, plan.dataset, plan.convertOptions{:});
catch err
    if isNew
        rmdir(plan.processDirectory);
    end
    rethrow(err);
end
touchtrain.internal.MadeFolders(plan.processDirectory).add(plan.dataset);
end
