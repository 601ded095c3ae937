%[text] # Mark touches in high-speed videos
%[text] This script trains a network on videos of a whisker and a pole that are labelled frame by frame.
%[text] The trained model then marks the touches in other videos. The videos are rendered, so their labels are exact.
%[text] Run the sections one after the other. All files go to a new folder; the whole takes a few minutes.
%%
%[text] ## Connect Python
%[text] Networks are trained by Keras, in a Python of its own. `touchtrain.setup` finds one that has the packages.
%[text] If there is none, `touchtrain.setup('Install', true)` makes it.
info = touchtrain.setup();
fprintf('TouchTrain %s, Keras %s\n', info.version, info.keras);
%%
%[text] ## Render example videos
%[text] Each video shows whiskers that sweep past a pole. The script that renders them is in the TouchTrain repository.
%[text] Beside the folder `videos` it writes `labels.mat`, one label per frame, and `centers.mat`, where the pole is.
folder = tempname();
renderer = fullfile(fileparts(fileparts(which('train_new_model'))), 'examples', 'make_whisker_videos.py');
labelled = fullfile(folder, 'labelled');
fresh = fullfile(folder, 'new');
render = @(varargin) touchtrain.internal.python.runClean(info.job_python, [{renderer}, varargin]);
status = [render(labelled, '--recordings', '32', '--frames', '300'), ...
    render(fresh, '--recordings', '4', '--frames', '300', '--seed', '2')];
assert(all(status == 0), 'The videos were not rendered. Expected the script %s.', renderer);
%%
%[text] ## Look at the region of interest
%[text] The network sees a square of 61 x 61 pixels around the pole, not the whole frame.
videos = fullfile(labelled, 'videos');
centers = fullfile(labelled, 'centers.mat');
touchtrain.previewRegion(videos, 'Centers', centers, 'Examples', 2, 'File', fullfile(folder, 'region.png'));
figure('Name', 'Region of interest')
imshow(imread(fullfile(folder, 'region.png')))
%%
%[text] ## Convert videos and labels to a dataset
%[text] The dataset holds the squares and their labels. Frames in which there is no pole are left out.
dataset = fullfile(folder, 'dataset');
touchtrain.convertVideos(videos, fullfile(labelled, 'labels.mat'), dataset, 'Centers', centers);
%%
%[text] ## Train a network
%[text] Whole videos are held out for validation, so the accuracy is that on videos the network has not seen.
%[text] For your own data, leave out `MaxEpochs` and `Network`: the defaults take longer and give better models.
[history, modelPath, report] = touchtrain.train(dataset, fullfile(folder, 'whisker.h5'), ...
    'Network', 'small', 'MaxEpochs', 12, 'MiniBatchSize', 32);
%%
%[text] ## Plot the curves
%[text] If the validation loss rises while the training loss falls, the network learns its videos by heart.
curves = touchtrain.plotHistory(history);
%%
%[text] ## Mark new videos
%[text] The model knows how its frames were cut out; it needs only the place of the pole in the new videos.
marks = touchtrain.curate(modelPath, fullfile(fresh, 'videos'), 'Centers', fullfile(fresh, 'centers.mat'), ...
    'NoCenter', 'NonTouch', 'Output', fullfile(folder, 'marked'));
first = marks(1);
figure('Name', 'Marks of the first video')
plot(first.frame, first.probabilities(:, 2), first.frame, first.labels)
xlabel('frame')
legend('probability of a touch', 'marked as touch')
title(first.name, 'Interpreter', 'none')
%%
%[text] ## Compare the marks with labels
%[text] If a person has labelled some of the new videos, the comparison says how far to trust the marks of the others.
touchtrain.compare(fullfile(folder, 'marked'), fullfile(fresh, 'labels.mat'));
%%
%[text] ## Use your own videos
%[text] - Set `dataPath` and `labelPath` at the top of `train_new_model`, and run it.
%[text] - Set `modelPath` and `dataPath` at the top of `curate_videos`, and run it.
%[text] - `touchtrain.help` lists all functions, and `touchtrain.options` all options.
%[text] - `touchtrain.doctor` checks this computer if something does not work. \
fprintf('The model and the marks are in %s\n', folder);

%[appendix]{"version":"1.0"}
%---
%[metadata:view]
%   data: {"layout":"inline"}
%---
