function printTraining(history, modelPath, report)
% PRINTTRAINING  Print what came of a training, in a few lines.
epochs = numel(history.loss);
fprintf('Trained %d epochs in %.0f s; the model is that of epoch %d.\n', epochs, report.seconds, report.best_epoch);
best = max(1, min(report.best_epoch, epochs));
if isfield(history, 'val_accuracy') && numel(history.val_accuracy) >= best
    fprintf('  on the validation frames: accuracy %.3f, loss %.3f\n', history.val_accuracy(best), ...
        history.val_loss(best));
end
touchtrain.internal.printWarnings(report);
fprintf('  model: %s\n', modelPath);
end
