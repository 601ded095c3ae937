% RUN_DEMO  Train two models with train_new_model: one on example videos with a label file, one on arrays.
%
%   First render the example videos in demo/whisker of the current folder:
%       python examples/make_whisker_videos.py demo/whisker --recordings 12
%   They are high-speed videos of a whisker and a pole, with labels.mat (one label per frame) and centers.mat (position
%   of the pole). run_demo trains on them, then on small frames that make_example_arrays renders in the workspace. It
%   writes the folders demo/from_videos and demo/from_arrays, each with a dataset, a model and its curves, history.png.
%   It takes a few minutes.
%
%   See also train_new_model, make_example_arrays, touchtrain.plotHistory

%% Connect Python
touchtrain.setup
demoFolder = fullfile(pwd(), 'demo');
demoVideos = fullfile(demoFolder, 'whisker');
if ~isfile(fullfile(demoVideos, 'labels.mat'))
    error('TouchTrain:PathMissing', ...
        ['No example videos in %s. Render them first:\n' ...
        '    python examples/make_whisker_videos.py "%s" --recordings 12'], demoVideos, demoVideos);
end

%% Videos with a label file: fields of trainingParameters override the values at the top of train_new_model
fprintf(['\n1. Videos with labels in a file. A region of 61 x 61 pixels around the pole is cut out of each\n' ...
    '   frame; frames without a pole are left out. Whole videos are held out for validation, so the\n' ...
    '   metrics are for unseen videos.\n\n']);
trainingParameters = struct('labelOptionSelect', 'labelsInFile', ...
    'dataPath', fullfile(demoVideos, 'videos'), ...
    'labelPath', fullfile(demoVideos, 'labels.mat'), ...
    'centers', fullfile(demoVideos, 'centers.mat'), ...
    'processDirectory', fullfile(demoFolder, 'from_videos'), ...
    'modelName', 'whisker', 'jobName', 'whisker', ...
    'MaxEpochs', 12);
demoStart = tic;
train_new_model
demoRows = struct('name', 'videos', 'history', history, 'model', modelPath, 'seconds', toc(demoStart));

%% Arrays: a cell array with one array of frames per recording, and one with their labels
fprintf(['\n2. Frames and labels in the workspace: eight rendered recordings of 32 x 32 pixels. Every source is\n' ...
    '   converted to the same kind of dataset, and the training is the same.\n\n']);
[frames, labels, demoNames] = make_example_arrays();
trainingParameters = struct('labelOptionSelect', 'arrays', 'Recordings', {demoNames}, ...
    'processDirectory', fullfile(demoFolder, 'from_arrays'), ...
    'modelName', 'whisker', 'jobName', 'whisker', 'MaxEpochs', 15, 'ValidationFraction', 0.3);
demoStart = tic;
train_new_model
demoRows(2) = struct('name', 'arrays', 'history', history, 'model', modelPath, 'seconds', toc(demoStart));

%% Results
fprintf('\nResults\n');
for demoRow = demoRows
    demoPicture = fullfile(fileparts(demoRow.model), 'history.png');
    touchtrain.plotHistory(demoRow.history, 'File', demoPicture);
    fprintf('  from %s, in %.0f s: best validation accuracy %.2f %%\n', demoRow.name, demoRow.seconds, ...
        100 * max(demoRow.history.val_accuracy));
    fprintf('    model   %s\n    curves  %s\n', demoRow.model, demoPicture);
    try
        touchtrain.plotHistory(demoRow.history);
    catch err % without a display, the saved picture is enough
        if ~strcmp(err.identifier, 'TouchTrain:NoGraphics')
            rethrow(err);
        end
    end
end
fprintf('To use your own videos, set dataPath and labelPath at the top of matlab/train_new_model.m and run it.\n');
