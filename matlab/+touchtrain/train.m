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
%     'Plots' 'none' ('training-progress' draws the curves while it trains).
%
%   The training runs in a Python process of its own. Ctrl-C gives the prompt back and lets it go on; it is said how
%   to look at it and how to stop it gently.
%
%   Example
%     [history, modelPath] = touchtrain.train('set', 'model.h5', 'MaxEpochs', 20);
%     touchtrain.plotHistory(history);
%
%   See also touchtrain.convertArrays, touchtrain.plotHistory, touchtrain.inspect, touchtrain.options
narginchk(2, Inf);
pairs = touchtrain.internal.nameValues(varargin);
dataset = touchtrain.internal.absolutePath(dataset, 'dataset');
modelFile = touchtrain.internal.absolutePath(modelFile, 'modelFile');
jobFolder = touchtrain.internal.takeOption(pairs, 'JobFolder', []);
if ~isempty(jobFolder)
    pairs = [pairs, {'JobFolder', touchtrain.internal.absolutePath(jobFolder, 'JobFolder')}];
end

job = touchtrain.internal.askPython('start_training', dataset, modelFile, touchtrain.internal.optionsJson(pairs));
% Python has checked the options by now.
verbose = double(touchtrain.internal.takeOption(pairs, 'Verbose', true)) == 1;
plots = char(touchtrain.internal.takeOption(pairs, 'Plots', 'none'));
draws = strcmpi(plots, 'training-progress');
curves = watchJob(job, verbose, draws);

result = touchtrain.internal.askPython('job_result', job.folder);
history = touchtrain.internal.historyRows(result.history);
modelPath = result.model_path;
report = result.report;
if draws
    touchtrain.internal.liveCurves(curves, history);
end
if verbose
    touchtrain.internal.printTraining(history, modelPath, report);
end
if nargout == 0
    clear('history');
end
end

function curves = watchJob(job, verbose, draws)
% Show how far the job is until it ends.
isWatched = touchtrain.internal.Flag();
guard = onCleanup(@() touchtrain.internal.tellJobGoesOn(job, isWatched)); %#ok<NASGU>
if verbose
    shown = touchtrain.internal.progressLine([], []);
end
curves = touchtrain.internal.liveCurves([], []);
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
