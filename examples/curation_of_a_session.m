%% Mark the videos of a session
% A trained model marks videos that nobody has labelled. This script renders videos, trains a quick network on some of
% them, checks what would be marked, marks the others, and looks at the touches with another threshold. It takes about
% two minutes.
%
% See also touchtrain.curate, touchtrain.redecide, touchtrain.compare, curate_videos

%% Videos and a model
% |labelled| has labels of a person, |fresh| is a new session. Both are rendered.
info = touchtrain.setup();
folder = tempname();
renderer = fullfile(fileparts(fileparts(which('train_new_model'))), 'examples', 'make_whisker_videos.py');
render = @(varargin) touchtrain.internal.python.runClean(info.job_python, [{renderer}, varargin]);
labelled = fullfile(folder, 'labelled');
fresh = fullfile(folder, 'fresh');
status = [render(labelled, '--recordings', '12', '--frames', '300'), ...
    render(fresh, '--recordings', '3', '--frames', '300', '--seed', '2')];
assert(all(status == 0), 'The videos were not rendered. Expected the script %s.', renderer);
dataset = fullfile(folder, 'dataset');
touchtrain.convertVideos(fullfile(labelled, 'videos'), fullfile(labelled, 'labels.mat'), dataset, ...
    'Centers', fullfile(labelled, 'centers.mat'), 'Verbose', false);
[~, modelPath] = touchtrain.train(dataset, fullfile(folder, 'whisker.h5'), 'Network', 'small', ...
    'MaxEpochs', 6, 'MiniBatchSize', 32);

%% Check first
% Nothing is marked. The sheet shows where the model will look in each video.
videos = fullfile(fresh, 'videos');
session = fullfile(folder, 'marked');
options = {'Centers', fullfile(fresh, 'centers.mat'), 'NoCenter', 'NonTouch', 'Output', session};
touchtrain.curate(modelPath, videos, options{:}, 'Check', true);
figure('Name', 'Where the model will look')
imshow(imread([session '_check.png']))

%% Mark the videos
marks = touchtrain.curate(modelPath, videos, options{:});
disp(marks(1).touches)

%% Probability of a touch and marks
first = marks(1);
figure('Name', 'Marks of the first video')
plot(first.frame, first.probabilities(:, 2), first.frame, first.labels)
xlabel('frame')
legend('probability of a touch', 'marked as touch')
title(first.name, 'Interpreter', 'none')

%% Another threshold
% The probabilities are kept, so that this takes no network. |'Output'| writes a copy, and leaves the session as it is.
strict = touchtrain.redecide(session, 'Threshold', 0.9, 'MinDuration', 3, 'Output', fullfile(folder, 'strict'));
counts = [arrayfun(@(one) numel(one.touches.onset), marks(:)), arrayfun(@(one) numel(one.touches.onset), strict(:))];
fprintf('Touches in each video: %d, with the other threshold %d\n', counts');

%% Compare with the labels of a person
% The page has the figures, and pictures of where labels and marks differ.
agreement = touchtrain.compare(session, fullfile(fresh, 'labels.mat'), 'Output', fullfile(folder, 'compared'));
fprintf('The page is %s\n', agreement.page);
