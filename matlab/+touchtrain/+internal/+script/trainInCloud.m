function [history, modelPath, report] = trainInCloud(plan)
% TRAININCLOUD  The section TRAIN of train_new_model with trainOnCloud: submit, watch, and return what came of it.
%
%   PLAN is what NEWMODELPLAN returned. The dataset is in the bucket already; the model is fetched where
%   DOWNLOAD_MODEL = 1, else MODELPATH is its URL.
job = touchtrain.trainOnCloud(plan.dataset, plan.model, plan.cloudSettings, plan.trainOptions{:}, ...
    'JobFolder', plan.job, 'Upload', false, 'Fetch', plan.DOWNLOAD_MODEL);
job.wait(Inf, 'Verbose', plan.isVerbose, 'Plots', ...
    touchtrain.internal.options.optionValue(plan.trainOptions, 'Plots', 'none'));
[history, modelPath, report] = touchtrain.internal.jobs.trainingOutputs( ...
    touchtrain.internal.jobs.jobResult(job.Folder), plan.isVerbose);
end
