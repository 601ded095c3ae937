% DEMO_ARRAYS  Train a model on a few drawn recordings, from arrays to curves, by train_new_model.
%
%   demo_arrays draws eight short recordings of a whisker that meets a pole (make_example_arrays), trains on six of
%   them and validates on the others, prints what came of it, and saves the curves. All it writes is in the folder
%   demo of the current folder. It takes a minute or two.
%
%   See also make_example_arrays, train_new_model, touchtrain.plotHistory

%% Connect Python
touchtrain.setup

%% Frames and labels in the workspace: a cell with one array a recording
[frames, labels, names] = make_example_arrays();
fprintf('Example arrays: %d recordings of %dx%d uint8 frames\n', numel(frames), size(frames{1}, 1), size(frames{1}, 2));

%% Train: fields of trainingParameters take the place of the values on top of train_new_model
trainingParameters = struct('processDirectory', 'demo', 'modelName', 'whisker_pole', 'jobName', 'whisker_pole', ...
    'Recordings', {names}, 'MaxEpochs', 20, 'ValidationFraction', 0.3);
demoStart = tic;
train_new_model
demoSeconds = toc(demoStart);

%% What came of it
demoPicture = fullfile(trainingParameters.processDirectory, 'history.png');
touchtrain.plotHistory(history, 'File', demoPicture);
demoSides = fieldnames(report.split)';
fprintf('\n%-12s %10s %8s %10s %8s\n', 'side', 'recordings', 'frames', 'NonTouch', 'Touch');
for demoSide = demoSides
    demoRow = report.split.(demoSide{1});
    if isstruct(demoRow) && isfield(demoRow, 'counts') && demoRow.frames > 0
        fprintf('%-12s %10d %8d %10d %8d\n', demoSide{1}, demoRow.recordings, demoRow.frames, ...
            demoRow.counts.NonTouch, demoRow.counts.Touch);
    end
end
fprintf('\nbest epoch           %d of %d\n', report.best_epoch, numel(history.loss));
fprintf('validation accuracy  %.3f\n', history.val_accuracy(report.best_epoch));
fprintf('validation loss      %.3f\n', history.val_loss(report.best_epoch));
fprintf('model                %s\n', modelPath);
fprintf('curves               %s\n', fullfile(pwd, demoPicture));
fprintf('seconds              %.0f\n', demoSeconds);
