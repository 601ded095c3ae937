function printJob(job)
% PRINTJOB  Print how a training is doing, in a few lines.
fprintf('Training %s\n', job.path);
fprintf('  state           %s\n', job.state);
names = {'epoch', 'epochs', 'loss', 'accuracy', 'val_loss', 'val_accuracy', 'seconds_left'};
for k = 1:numel(names)
    if isfield(job.progress, names{k})
        fprintf('  %-15s %s\n', strrep(names{k}, '_', ' '), touchtrain.internal.valueText(job.progress.(names{k})));
    end
end
fprintf('  model           %s\n', job.model_path);
end
