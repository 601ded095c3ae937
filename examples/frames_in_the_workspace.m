%% Train on frames in the workspace and classify others
% The frames need not come from videos: this script renders short recordings of a whisker and a pole as arrays, trains a
% small network on most of them, and classifies the rest. It takes about a minute. To publish it with its results, call
% |publish('frames_in_the_workspace')|.
%
% See also make_example_arrays, touchtrain.convertArrays, touchtrain.train, touchtrain.predict

%% Frames and labels
% |frames| is a cell array with one array per recording, 32 x 32 pixels x frames; |labels| has one vector of 0 and 1 for
% each. The last recording is kept for the end.
touchtrain.setup
[frames, labels, names] = make_example_arrays();
last = numel(frames);
touches = find(labels{last});
figure('Name', 'A frame with touch')
image(repmat(frames{last}(:, :, touches(1)), 1, 1, 3))
axis('image')
title('The whisker touches the pole')

%% Dataset
% Every source is converted to the same kind of dataset, a folder.
folder = tempname();
mkdir(folder);
dataset = fullfile(folder, 'dataset');
touchtrain.convertArrays(frames(1:last - 1), labels(1:last - 1), dataset, 'Recordings', names(1:last - 1));

%% Training
% Whole recordings are held out for validation.
[history, modelPath] = touchtrain.train(dataset, fullfile(folder, 'whisker.h5'), ...
    'Network', 'small', 'MaxEpochs', 10, 'ValidationFraction', 0.3);

%% Curves
curves = touchtrain.plotHistory(history);

%% Frames that the network has not seen
% The option |'Sequence'| says that the frames follow each other in time, so that touches have a minimum duration.
prediction = touchtrain.predict(modelPath, frames{last}, 'Sequence', true);
isEqual = prediction.labels' == labels{last};
fprintf('%.1f %% of %d frames are classified as labelled.\n', 100 * mean(isEqual), numel(isEqual));

%% Probability of a touch
figure('Name', 'Probability of a touch')
plot(1:numel(isEqual), prediction.probabilities(:, 2), 1:numel(isEqual), labels{last})
xlabel('frame')
legend('probability of a touch', 'label')
