function [history, modelPath, report] = trainInCloud(plan)
% TRAININCLOUD  Section TRAIN of train_new_model with trainOnCloud: submit the training, wait, and return its results.
%
%   PLAN is the output of NEWMODELPLAN. The dataset must already be in the bucket. The model is downloaded if
%   DOWNLOAD_MODEL is 1; otherwise MODELPATH is its URL.
job = touchtrain.trainOnCloud(plan.dataset, plan.model, plan.cloudSettings, plan.trainOptions{:}, ...
    'JobFolder', plan.job, 'Upload', false, 'Fetch', plan.DOWNLOAD_MODEL);
job.wait(Inf, 'Verbose', plan.isVerbose, 'Plots', ...
    touchtrain.internal.options.optionValue(plan.trainOptions, 'Plots', 'none'));
[history, modelPath, report] = touchtrain.internal.jobs.trainingOutputs( ...
    touchtrain.internal.jobs.jobResult(job.Folder), plan.isVerbose);
end
