% RUN_DEMO  Train two models with train_new_model, and mark new videos with the first one by curate_videos.
%
%   First render the example videos in demo/whisker and demo/new of the current folder:
%       python examples/make_whisker_videos.py demo/whisker --recordings 32 --frames 300
%       python examples/make_whisker_videos.py demo/new --recordings 4 --seed 2
%   They are high-speed videos of a whisker and a pole, with labels.mat (one label per frame) and centers.mat (position
%   of the pole). run_demo trains on those in demo/whisker, then on small frames that make_example_arrays renders in the
%   workspace. It writes the folders demo/from_videos and demo/from_arrays, each with a dataset, a model and its curves,
%   history.png. Last, it marks the touches in demo/new, which no training saw, compares them with the true labels, and
%   writes demo/marked-TIME with the marks and a picture of both. It takes a few minutes.
%
%   See also train_new_model, curate_videos, make_example_arrays, touchtrain.plotHistory, touchtrain.compare

%% Connect Python
touchtrain.setup
demoFolder = fullfile(pwd(), 'demo');
demoVideos = fullfile(demoFolder, 'whisker');
demoNew = fullfile(demoFolder, 'new');
if ~isfile(fullfile(demoVideos, 'labels.mat')) || ~isfile(fullfile(demoNew, 'labels.mat'))
    error('TouchTrain:PathMissing', ...
        ['No example videos in %s or %s. Render them first:\n' ...
        '    python examples/make_whisker_videos.py "%s" --recordings 32 --frames 300\n' ...
        '    python examples/make_whisker_videos.py "%s" --recordings 4 --seed 2'], ...
        demoVideos, demoNew, demoVideos, demoNew);
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
    'Network', 'small', ... % a third of the time of the default one
    'MaxEpochs', 12, 'MiniBatchSize', 32);
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

%% New videos: fields of curationParameters override the values at the top of curate_videos
fprintf(['\n3. Videos that no training saw, rendered with another seed. The first model marks each frame as the\n' ...
    '   whisker touching the pole or not; then its marks are compared with the true labels.\n\n']);
curationParameters = struct('modelPath', demoRows(1).model, ...
    'dataPath', fullfile(demoNew, 'videos'), ...
    'labelPath', fullfile(demoNew, 'labels.mat'), ...
    'centers', fullfile(demoNew, 'centers.mat'), ...
    'noCenter', 'NonTouch', ... % without a centre, the pole is away
    'outputFolder', fullfile(demoFolder, ['marked-' datestr(now(), 30)]), ... % new, as the model is new each time
    'COMPARE', 1);
demoStart = tic;
curate_videos
demoSeconds = toc(demoStart);

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
demoTouch = agreement.events.Touch;
fprintf(['  %d new videos marked and compared in %.0f s: %.2f %% of %d frames are as in the true labels\n' ...
    '    of %d touches: found %d, missed %d, merged %d, split %d; %d marked where there is none;\n' ...
    '    onsets differ by %g frames (median)\n'], session.done, demoSeconds, 100 * agreement.equal, ...
    agreement.frames, demoTouch.touches, demoTouch.found, demoTouch.missed, demoTouch.merged, demoTouch.split, ...
    demoTouch.ghosts, demoTouch.onset_error.frames.median);
fprintf('    marks   %s\n    picture %s\n    page    %s\n', session.path, agreement.picture, agreement.page);
if touchtrain.internal.figures.hasDisplay()
    figure('Name', 'Marks and labels over the probability of a touch');
    imshow(imread(agreement.picture));
end
fprintf(['To use your own videos, set dataPath and labelPath at the top of matlab/train_new_model.m and run it.\n' ...
    'Then set modelPath and dataPath at the top of matlab/curate_videos.m and run that.\n']);
