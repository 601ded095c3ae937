%% Train on images in class folders
% Images that people have sorted into one folder per class are frames with labels. This script writes such folders,
% converts them to a dataset, looks at the frames as a training sees them, and trains a small network. It takes about a
% minute.
%
% See also make_example_arrays, touchtrain.convertFolders, touchtrain.previewAugmentation, touchtrain.train

%% Images, one folder per class
% The frames of some rendered recordings are saved as images. The folders have the names of the classes. The
% recordings are folders inside them: images of one recording stay on one side of the split.
touchtrain.setup
folder = tempname();
[frames, labels, names] = make_example_arrays();
classNames = {'NonTouch', 'Touch'};
for k = 1:numel(frames)
    for n = 1:numel(labels{k})
        place = fullfile(folder, 'images', classNames{labels{k}(n) + 1}, names{k});
        if ~isfolder(place)
            mkdir(place);
        end
        imwrite(frames{k}(:, :, n), fullfile(place, sprintf('frame%03d.png', n)));
    end
end

%% Dataset
% |'ClassNames'| fixes the order of the classes; without it, it is that of the alphabet.
dataset = fullfile(folder, 'dataset');
touchtrain.convertFolders(fullfile(folder, 'images'), dataset, 'ClassNames', classNames);

%% Frames as a training sees them
sheet = fullfile(folder, 'frames.png');
touchtrain.previewAugmentation(dataset, sheet, 'Examples', 6, 'Augment', 'standard');
figure('Name', 'Frames as a training sees them')
imshow(imread(sheet))

%% Training
[history, modelPath] = touchtrain.train(dataset, fullfile(folder, 'images.h5'), ...
    'Network', 'small', 'MaxEpochs', 10, 'ValidationFraction', 0.3);
fprintf('Best validation accuracy %.1f %%. The model is %s\n', 100 * max(history.val_accuracy), modelPath);
