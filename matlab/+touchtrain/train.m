function [history, modelPath, report] = train(dataset, modelFile, varargin)
% TRAIN  Train a network on a dataset and save it as an .h5 model.
%
%   touchtrain.train(DATASET, MODELFILE) trains on the folder DATASET, as touchtrain.convertVideos writes it, and
%   saves the network of the best epoch as MODELFILE (char or string; .h5 is added where it is missing). One line on
%   the screen shows how far it is; in a log there is one line an epoch. At the end a table says what came of it.
%
%   [HISTORY, MODELPATH, REPORT] = touchtrain.train(...) returns
%     HISTORY    struct of row vectors, one value an epoch: loss, accuracy, val_loss, val_accuracy, learning_rate
%     MODELPATH  absolute path of the model (char)
%     REPORT     struct: verdict (what is wrong and what to do), metrics (figures on frames and touches by side),
%                decision (threshold and shortest touch), mistakes, split, best_epoch, settings, warnings, ...;
%                REPORT.report_folder holds report.html, the same with pictures
%
%   ... = touchtrain.train(..., 'Name', value, ...) sets options; touchtrain.options('train') prints them all. The
%   usual ones, with their defaults:
%     'MaxEpochs' 100, 'MiniBatchSize' 64, 'InitialLearnRate' 0.001, 'ValidationPatience' 10 (Inf: never stop early),
%     'ValidationFraction' 0.2 (share of the frames held out, as whole recordings), 'Verbose' true,
%     'Augment' 'legacy' (quarter turns; 'none', 'standard', 'strong'), 'Network' 'legacy' ('small', 'context', or a
%     function of yours, 'file.py:function'), 'ClassWeight' 'balanced', 'InitialModel' [] (a model to go on from),
%     'Plots' 'none' ('training-progress' draws the curves while it trains, with a button that stops it gently, where
%     there is a display).
%
%   The training runs in a Python process of its own. Ctrl-C gives the prompt back and lets it go on; it is said how
%   to look at it, how to stop it gently and how to attach to it. touchtrain.resume goes on with one that was killed.
%
%   Example
%     [history, modelPath, report] = touchtrain.train('set', 'model.h5', 'MaxEpochs', 20);
%     touchtrain.plotHistory(history);
%     touchtrain.showMistakes(report);
%
%   See also touchtrain.convertVideos, touchtrain.trainInBackground, touchtrain.resume, touchtrain.plotHistory,
%   touchtrain.showMistakes, touchtrain.previewAugmentation, touchtrain.tune, touchtrain.inspect, touchtrain.options
touchtrain.internal.options.needInputs(nargin, 2, 'touchtrain.train(dataset, modelFile, ''Name'', value, ...)');
pairs = touchtrain.internal.options.trainingPaths(touchtrain.internal.options.nameValues(varargin));
dataset = touchtrain.internal.values.absolutePath(dataset, 'dataset');
modelFile = touchtrain.internal.values.absolutePath(modelFile, 'modelFile');
result = touchtrain.internal.jobs.runJob(pairs, 'train', dataset, modelFile);
[history, modelPath, report] = touchtrain.internal.jobs.trainingOutputs(result, ...
    double(touchtrain.internal.options.optionValue(pairs, 'Verbose', true)) == 1);
if nargout == 0
    clear('history');
end
end
