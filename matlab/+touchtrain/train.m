function [history, modelPath, report] = train(dataset, modelFile, varargin)
% TRAIN  Train a network on a dataset and save it as an .h5 model.
%
%   touchtrain.train(DATASET, MODELFILE) trains on the folder DATASET, which touchtrain.convertVideos writes, and saves
%   the network of the best epoch as MODELFILE (char or string; .h5 is added if missing). It shows progress in one line
%   on the screen, or one line per epoch in a log, and prints a table of results at the end.
%
%   [HISTORY, MODELPATH, REPORT] = touchtrain.train(...) returns
%     HISTORY    struct of row vectors, one value per epoch: loss, accuracy, val_loss, val_accuracy, learning_rate
%     MODELPATH  absolute path of the model (char)
%     REPORT     struct: verdict (problems found and what to do), metrics (per frame and per touch, for each side of the
%                split), decision (threshold and shortest touch), mistakes (frames counted from 1), split, best_epoch,
%                settings, warnings, ...; with 'InitialModel', improvement (that model and the new one on the test
%                recordings, and whether the new one is better beyond noise);
%                REPORT.report_folder contains report.html, the same report with pictures
%                A field whose own fields are names of yours (classes, tags) has a list beside it, which holds any name:
%                REPORT.metrics.validation.classes_list(k).name
%
%   ... = touchtrain.train(..., 'Name', value, ...) sets options; touchtrain.options('train') lists all. The most common
%   ones and their defaults:
%     'MaxEpochs' 100, 'MiniBatchSize' 64, 'InitialLearnRate' 0.001, 'ValidationPatience' 10 (Inf: never stop early),
%     'ValidationFraction' 0.2 (fraction of the frames held out, as whole recordings), 'Verbose' true,
%     'Augment' 'legacy' (quarter turns; 'none', 'standard', 'strong'), 'Network' 'legacy' ('small', 'context', or your
%     own function, 'file.py:function'), 'ClassWeight' 'balanced', 'InitialModel' [] (a model to start from),
%     'Plots' 'none' ('training-progress' plots the curves during training, with a Stop button that saves the best model
%     so far; needs a display).
%
%   'Folds', 5 adds a cross-validation, and 'LearningCurve', true a learning curve. 'Scheduler', the address of the
%   scheduler of a dask cluster, e.g. 'tcp://lab-server:8786', lets its workers run these further trainings, each with
%   'CoresPerTraining' cores (default: those of the smallest worker) and 'MemoryPerTraining' gigabytes. Workers must see
%   DATASET and the folder of MODELFILE under the same paths as this computer.
%
%   'AlsoSave', 'onnx' writes model.onnx beside model.h5 (it needs the extra onnx of TouchTrain), which MATLAB itself
%   reads since R2023b, with the Deep Learning Toolbox and its Converter for ONNX Model Format. FRAMES: HxWx1xN, uint8.
%     net = importNetworkFromONNX('model.onnx', 'InputDataFormats', 'BCSS');
%     probabilities = extractdata(predict(net, dlarray(single(FRAMES) / 255, 'SSCB')));   % classes x N
%
%   The training runs in a separate Python process. Ctrl+C returns to the prompt, and the training continues; the
%   commands to stop it, cancel it and attach to it are printed. touchtrain.resume resumes a training that was killed.
%
%   Example
%     [history, modelPath, report] = touchtrain.train('set', 'model.h5', 'MaxEpochs', 20);
%     touchtrain.plotHistory(history);
%     touchtrain.showMistakes(report);
%
%   See also touchtrain.convertVideos, touchtrain.trainInBackground, touchtrain.resume, touchtrain.plotHistory,
%   touchtrain.showMistakes, touchtrain.previewAugmentation, touchtrain.tune, touchtrain.inspect, touchtrain.options
touchtrain.internal.options.requireInputs(nargin, 2, 'touchtrain.train(dataset, modelFile, ''Name'', value, ...)');
pairs = touchtrain.internal.options.nameValues(varargin, 'train');
pairs = touchtrain.internal.options.trainingPaths(pairs);
dataset = touchtrain.internal.values.absolutePath(dataset, 'dataset');
modelFile = touchtrain.internal.values.absolutePath(modelFile, 'modelFile');
result = touchtrain.internal.jobs.runJob(pairs, 'train', dataset, modelFile);
[history, modelPath, report] = touchtrain.internal.jobs.trainingOutputs(result, ...
    touchtrain.internal.options.isOn(pairs, 'Verbose', true));
if nargout == 0
    clear('history');
end
end
