%% Train two models and mark new videos
% |run_demo| trains with |train_new_model| on videos with a label file, then on frames in the workspace. With the first
% model, |curate_videos| marks videos that no training saw, and the marks are compared with the true labels. It takes a
% few minutes.
%
% Render the example videos in the current folder first:
%
%   python examples/make_whisker_videos.py demo/whisker --recordings 32 --frames 300
%   python examples/make_whisker_videos.py demo/new --recordings 4 --seed 2
%
% They are high-speed videos of a whisker and a pole, with |labels.mat| (one label per frame) and |centers.mat|
% (position of the pole). The script writes three folders:
%
% * |demo/from_videos|: dataset, model and curves, |history.png|, of the first training
% * |demo/from_arrays|: the same of the second training
% * |demo/marked-TIME|: the marks, and pictures and figures of the comparison
%
% See also train_new_model, curate_videos, make_example_arrays, touchtrain.plotHistory, touchtrain.compare

%% Connect Python
% |touchtrain.setup| finds the Python in which networks are trained.
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

%% Train on videos with a label file
% Fields of |trainingParameters| override the values at the top of |train_new_model|.
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

%% Train on frames in the workspace
% A cell array has one array of frames per recording, another one their labels.
fprintf(['\n2. Frames and labels in the workspace: eight rendered recordings of 32 x 32 pixels. Every source is\n' ...
    '   converted to the same kind of dataset, and the training is the same.\n\n']);
[frames, labels, demoNames] = make_example_arrays();
trainingParameters = struct('labelOptionSelect', 'arrays', 'Recordings', {demoNames}, ...
    'processDirectory', fullfile(demoFolder, 'from_arrays'), ...
    'modelName', 'whisker', 'jobName', 'whisker', 'MaxEpochs', 15, 'ValidationFraction', 0.3);
demoStart = tic;
train_new_model
demoRows(2) = struct('name', 'arrays', 'history', history, 'model', modelPath, 'seconds', toc(demoStart));

%% Mark new videos
% Fields of |curationParameters| override the values at the top of |curate_videos|.
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
% The curves of each training are saved as |history.png| beside its model.
fprintf('\nResults\n');
for demoRow = demoRows
    demoPicture = fullfile(fileparts(demoRow.model), 'history.png');
    touchtrain.plotHistory(demoRow.history, 'File', demoPicture);
    fprintf('  from %s, in %.0f s: best validation accuracy %.2f %%\n', demoRow.name, demoRow.seconds, ...
        100 * max(demoRow.history.val_accuracy));
    fprintf('    model   %s\n    curves  %s\n', demoRow.model, demoPicture);
end
demoTouch = agreement.events.Touch;
fprintf(['  %d new videos marked and compared in %.0f s: %.2f %% of %d frames are as in the true labels\n' ...
    '    of %d touches: found %d, missed %d, merged %d, split %d; %d marked where there is none;\n' ...
    '    onsets differ by %g frames (median)\n'], session.done, demoSeconds, 100 * agreement.equal, ...
    agreement.frames, demoTouch.touches, demoTouch.found, demoTouch.missed, demoTouch.merged, demoTouch.split, ...
    demoTouch.ghosts, demoTouch.onset_error.frames.median);
fprintf('    marks   %s\n    picture %s\n    page    %s\n', session.path, agreement.picture, agreement.page);

%% Curves of the training on videos
% Without a display, the saved pictures are enough.
if touchtrain.internal.figures.hasDisplay()
    touchtrain.plotHistory(demoRows(1).history);
end

%% Curves of the training on frames
if touchtrain.internal.figures.hasDisplay()
    touchtrain.plotHistory(demoRows(2).history);
end

%% Marks and labels over the probability of a touch
if touchtrain.internal.figures.hasDisplay()
    figure('Name', 'Marks and labels over the probability of a touch');
    imshow(imread(agreement.picture));
end

%% Your own videos
fprintf(['To use your own videos, set dataPath and labelPath at the top of matlab/train_new_model.m and run it.\n' ...
    'Then set modelPath and dataPath at the top of matlab/curate_videos.m and run that.\n']);
