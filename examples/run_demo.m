% RUN_DEMO  Train two models by train_new_model: on example videos with a file of labels, and on arrays.
%
%   run_demo takes the example videos in demo/whisker of the current folder, which
%       python examples/make_whisker_videos.py demo/whisker --recordings 12
%   renders: high-speed videos of a whisker and a pole, labels.mat with one label a frame, centers.mat with the place of
%   the pole. Then it draws small frames in the workspace (make_example_arrays). All it writes is in the folder demo:
%   from_videos and from_arrays, each with the dataset, the model and its curves as history.png. It takes some minutes.
%
%   See also train_new_model, make_example_arrays, touchtrain.plotHistory

%% Connect Python
touchtrain.setup
demoFolder = fullfile(pwd(), 'demo');
demoVideos = fullfile(demoFolder, 'whisker');
if ~isfile(fullfile(demoVideos, 'labels.mat'))
    error('TouchTrain:PathMissing', ...
        ['There are no example videos in %s. Render them first:\n' ...
        '    python examples/make_whisker_videos.py "%s" --recordings 12'], demoVideos, demoVideos);
end

%% Videos with a file of labels: fields of trainingParameters take the place of the values on top of train_new_model
fprintf(['\n1. Videos with labels in a file. Around the pole 61 x 61 pixels are cut out of each frame; frames\n' ...
    '   without a pole are left out. Whole videos are held out to validate on: the figures are those of\n' ...
    '   unseen videos.\n\n']);
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

%% Arrays: a cell with one array of frames a recording, and one with their labels
fprintf(['\n2. Frames and labels that are in the workspace already: eight drawn recordings of 32 x 32 pixels.\n' ...
    '   Whatever the source, it becomes the same kind of dataset, and the training is the same.\n\n']);
[frames, labels, demoNames] = make_example_arrays();
trainingParameters = struct('labelOptionSelect', 'arrays', 'Recordings', {demoNames}, ...
    'processDirectory', fullfile(demoFolder, 'from_arrays'), ...
    'modelName', 'whisker', 'jobName', 'whisker', 'MaxEpochs', 15, 'ValidationFraction', 0.3);
demoStart = tic;
train_new_model
demoRows(2) = struct('name', 'arrays', 'history', history, 'model', modelPath, 'seconds', toc(demoStart));

%% What came of it
fprintf('\nWhat came of both\n');
for demoRow = demoRows
    demoPicture = fullfile(fileparts(demoRow.model), 'history.png');
    touchtrain.plotHistory(demoRow.history, 'File', demoPicture);
    fprintf('  from %s, in %.0f s: best validation accuracy %.2f %%\n', demoRow.name, demoRow.seconds, ...
        100 * max(demoRow.history.val_accuracy));
    fprintf('    model   %s\n    curves  %s\n', demoRow.model, demoPicture);
    try
        touchtrain.plotHistory(demoRow.history);
    catch err % without a display there is the picture
        if ~strcmp(err.identifier, 'TouchTrain:NoGraphics')
            rethrow(err);
        end
    end
end
fprintf('To mark your own touches, set dataPath and labelPath on top of matlab/train_new_model.m and run it.\n');
