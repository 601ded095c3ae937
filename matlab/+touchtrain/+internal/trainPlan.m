function [history, modelPath, report] = trainPlan(plan)
% TRAINPLAN  The section TRAIN of train_new_model: train on the dataset, in a job folder of its own.
job = fullfile(plan.jobs, plan.jobName);
number = 2;
while isfolder(job)
    job = fullfile(plan.jobs, sprintf('%s-%d', plan.jobName, number));
    number = number + 1;
end
% Before the start, so that a training left by Ctrl-C is known too.
touchtrain.internal.noteMade(plan.processDirectory, job);
[history, modelPath, report] = touchtrain.train(plan.dataset, plan.model, 'JobFolder', job, plan.trainOptions{:});
end
