function [history, modelPath, report] = fetchPlan(plan)
% FETCHPLAN  The section DOWNLOAD_MODEL of train_new_model: what came of its last training.
job = touchtrain.internal.lastJob(plan.processDirectory);
result = touchtrain.internal.askPython('job_result', job);
history = touchtrain.internal.historyRows(result.history);
modelPath = result.model_path;
report = result.report;
fprintf('The model is on this machine: %s\n', modelPath);
end
