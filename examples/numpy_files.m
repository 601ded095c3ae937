%% Convert NumPy files to a dataset
% Frames and labels that Python has saved are read as they are: |frames.npy| and |labels.npy|, the pairs of the older
% tool, |.npz| and |.h5| files. This script makes such files, converts them, and looks at the frames. It takes less than
% a minute.
%
% See also make_example_arrays, touchtrain.convertNumpy, touchtrain.inspect, touchtrain.previewAugmentation

%% NumPy files
% A dataset of TouchTrain consists of NumPy files, too, so one of a rendered recording serves as an example.
touchtrain.setup
folder = tempname();
[frames, labels] = make_example_arrays();
source = fullfile(folder, 'numpy');
mkdir(source);
made = fullfile(folder, 'made');
touchtrain.convertArrays(frames(1), labels(1), made, 'Recordings', {'whisker'}, 'Verbose', false);
copyfile(fullfile(made, 'whisker.frames.npy'), fullfile(source, 'frames.npy'));
copyfile(fullfile(made, 'whisker.labels.npy'), fullfile(source, 'labels.npy'));

%% Check first
% Nothing is written: this tells what is in the files and what a conversion would do.
touchtrain.convertNumpy(source, fullfile(folder, 'dataset'), 'Check', true);

%% Dataset
% |'LabelValues'| is needed if the labels are other numbers than 0 and 1, |'FrameOrder'| if the axes are not in the
% usual order.
dataset = fullfile(folder, 'dataset');
touchtrain.convertNumpy(source, dataset);
touchtrain.inspect(dataset);

%% Frames as a training sees them
sheet = fullfile(folder, 'frames.png');
touchtrain.previewAugmentation(dataset, sheet, 'Examples', 6);
figure('Name', 'Frames as a training sees them')
imshow(imread(sheet))
fprintf('The dataset is %s\n', dataset);
