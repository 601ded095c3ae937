function printTraining(history, modelPath, report)
% PRINTTRAINING  Print what came of a training, in a few lines.
epochs = numel(history.loss);
kept = epochs;
if report.settings.restore_best_weights
    kept = report.best_epoch;
end
why = '';
if strcmp(report.stopped, 'patience')
    why = ', then the validation loss got no better';
elseif strcmp(report.stopped, 'asked')
    why = ', then it was asked to stop';
end
fprintf('Trained %d epochs in %.0f s%s; the model is that of epoch %d.\n', epochs, report.seconds, why, kept);
if kept >= 1 && numel(history.val_accuracy) >= kept
    fprintf('  on the validation frames: accuracy %.3f, loss %.3f\n', history.val_accuracy(kept), ...
        history.val_loss(kept));
end
touchtrain.internal.printWarnings(report);
fprintf('  model: %s\n', modelPath);
end
