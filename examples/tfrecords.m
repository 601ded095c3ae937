%% Convert TFRecords to a dataset
% TFRecords are the files in which TensorFlow keeps examples, one record per frame. This script exports a dataset to
% such files, as another lab may send them, converts them back, and looks at the frames. It takes less than a minute.
%
% See also make_example_arrays, touchtrain.convertTfrecords, touchtrain.inspect, touchtrain.previewAugmentation

%% TFRecords
% The export is a command: |touchtrain export tfrecords DATASET FOLDER|. Here it runs in the Python of this session.
info = touchtrain.setup();
folder = tempname();
mkdir(folder);
[frames, labels, names] = make_example_arrays();
made = fullfile(folder, 'made');
records = fullfile(folder, 'records');
touchtrain.convertArrays(frames(1:2), labels(1:2), made, 'Recordings', names(1:2), 'Verbose', false);
status = touchtrain.internal.python.runClean(info.job_python, {'-m', 'pyside', 'export', 'tfrecords', made, records});
assert(status == 0, 'The dataset was not exported.');
files = dir(fullfile(records, '*.tfrecord'));
fprintf('%s\n', files.name);

%% Dataset
% Records of the older tool, which lack the size of their frames, need |'ImageSize'|.
dataset = fullfile(folder, 'dataset');
touchtrain.convertTfrecords(records, dataset);
touchtrain.inspect(dataset);

%% Frames as a training sees them
sheet = fullfile(folder, 'frames.png');
touchtrain.previewAugmentation(dataset, sheet, 'Examples', 6);
figure('Name', 'Frames as a training sees them')
imshow(imread(sheet))
fprintf('The dataset is %s\n', dataset);
