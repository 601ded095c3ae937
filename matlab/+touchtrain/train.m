function [history, modelPath, report] = train(dataset, modelFile, varargin)
% TRAIN  Train a network on a dataset and save it as an .h5 model.
%
%   touchtrain.train(DATASET, MODELFILE) trains on the folder DATASET, as touchtrain.convertArrays writes it, and
%   saves the network of the best epoch as MODELFILE (char or string; .h5 is added where it is missing). One line on
%   the screen shows how far it is; in a log there is one line an epoch.
%
%   [HISTORY, MODELPATH, REPORT] = touchtrain.train(...) returns
%     HISTORY    struct of row vectors, one value an epoch: loss, accuracy, val_loss, val_accuracy, learning_rate
%     MODELPATH  absolute path of the model (char)
%     REPORT     struct: split, best_epoch, epochs_run, metrics, precision, seconds, settings, versions, warnings ...
%
%   ... = touchtrain.train(..., 'Name', value, ...) sets options; touchtrain.options('train') prints them all. The
%   usual ones, with their defaults:
%     'MaxEpochs' 100, 'MiniBatchSize' 64, 'InitialLearnRate' 0.001, 'ValidationPatience' 10 (Inf: never stop early),
%     'ValidationFraction' 0.2 (share of the frames held out, as whole recordings), 'Verbose' true,
%     'Plots' 'none' ('training-progress' draws the curves while it trains, where there is a display).
%
%   The training runs in a Python process of its own. Ctrl-C gives the prompt back and lets it go on; it is said how
%   to look at it and how to stop it gently.
%
%   Example
%     [history, modelPath] = touchtrain.train('set', 'model.h5', 'MaxEpochs', 20);
%     touchtrain.plotHistory(history);
%
%   See also touchtrain.convertArrays, touchtrain.plotHistory, touchtrain.inspect, touchtrain.options
touchtrain.internal.needInputs(nargin, 2, 'touchtrain.train(dataset, modelFile, ''Name'', value, ...)');
pairs = touchtrain.internal.nameValues(varargin);
dataset = touchtrain.internal.absolutePath(dataset, 'dataset');
modelFile = touchtrain.internal.absolutePath(modelFile, 'modelFile');
jobFolder = lastValue(pairs, 'JobFolder', []);
if ~isempty(jobFolder)
    pairs = [pairs, {'JobFolder', touchtrain.internal.absolutePath(jobFolder, 'JobFolder')}];
end

job = touchtrain.internal.askPython('start_training', dataset, modelFile, touchtrain.internal.optionsJson(pairs));
% Python has checked the options by now.
verbose = double(lastValue(pairs, 'Verbose', true)) == 1;
plots = char(lastValue(pairs, 'Plots', 'none'));
draws = strcmpi(plots, 'training-progress');
curves = watchJob(job, verbose, draws);

[history, modelPath, report] = touchtrain.internal.jobResult(job.folder);
if draws
    touchtrain.internal.liveCurves(curves, history);
end
if verbose
    printTraining(history, modelPath, report);
end
if nargout == 0
    clear('history');
end
end

function curves = watchJob(job, verbose, draws)
% Show how far the job is until it ends.
isWatched = touchtrain.internal.Flag();
guard = onCleanup(@() tellJobGoesOn(job, isWatched)); %#ok<NASGU>
if verbose
    shown = touchtrain.internal.progressLine([], []);
end
curves = [];
if draws
    curves = touchtrain.internal.liveCurves([], []);
end
while true
    status = touchtrain.internal.askPython('job_status', job.folder);
    if verbose
        shown = touchtrain.internal.progressLine(shown, status);
    end
    if draws
        curves = touchtrain.internal.liveCurves(curves, status);
    end
    if touchtrain.internal.jobHasEnded(status)
        break
    end
    pause(0.1); % shorter than a job shows the figures of an epoch
end
if verbose
    touchtrain.internal.progressLine(shown, []);
end
isWatched.isUp = false;
end

function tellJobGoesOn(job, isWatched)
% Where the job is that was left by Ctrl-C and works on.
if isWatched.isUp
    fprintf('\nThe training goes on in the background.\n');
    fprintf('  to look:  touchtrain.inspect(''%s'')\n', job.folder);
    fprintf('  to stop:  fclose(fopen(''%s'', ''w'')); it finishes the batch and saves the best model so far\n', ...
        job.stop_file);
    fprintf('  model:    %s\n', job.model_path);
end
end

function printTraining(history, modelPath, report)
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
fprintf('Trained %s in %.0f s%s; the model is that of epoch %d.\n', touchtrain.internal.countText(epochs, 'epoch'), ...
    report.seconds, why, kept);
if kept >= 1 && numel(history.val_accuracy) >= kept
    fprintf('  on the validation frames: accuracy %.3f, loss %.3f\n', history.val_accuracy(kept), ...
        history.val_loss(kept));
end
touchtrain.internal.printWarnings(report);
fprintf('  model: %s\n', modelPath);
end

function value = lastValue(pairs, name, default)
% The last value of an option, in any case, in a row of names and values; DEFAULT where it is not there.
value = default;
places = find(strcmpi(pairs(1:2:end), name));
if ~isempty(places)
    value = pairs{2 * places(end)};
end
end
