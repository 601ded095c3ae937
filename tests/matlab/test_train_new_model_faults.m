function test_train_new_model_faults()
% Wrong parameters of the script are told at once, before anything is written.
[frames, labels] = tiny_arrays(16, 1);
bad = @(identifier, parameters, varargin) expect_error(identifier, ...
    @() run_script(parameters, frames, labels), varargin{:});
base = struct('processDirectory', 'work', 'labelOptionSelect', 'arrays');
bad('TouchTrain:UnknownOption', with(base, 'modelNaem', 'a'), 'modelName');
bad('TouchTrain:UnknownOption', with(base, 'MaxEpocs', 3), 'MaxEpochs');
bad('TouchTrain:BadOption', with(base, 'MaxEpochs', -1), 'MaxEpochs');
bad('TouchTrain:BadOption', with(base, 'TRAIN', 'yes'), 'TRAIN');
bad('TouchTrain:BadOption', with(base, 'labelOptionSelect', 5), 'labelOptionSelect', '4');
bad('TouchTrain:BadOption', with(base, 'labelOptionSelect', 'array'), 'arrays');
bad('TouchTrain:BadOption', with(base, 'labelOptions', {'arrays', 'tfrecords'}, 'labelOptionSelect', 2), 'tfrecords');
bad('TouchTrain:BadOption', with(base, 'classNames', {'Touch'}), 'ClassNames');
bad('TouchTrain:BadOption', with(base, 'jobName', 'a/b'), 'jobName');
bad('TouchTrain:BadOption', with(base, 'JobFolder', 'a'), 'jobName');
bad('TouchTrain:BadOption', 3, 'trainingParameters');
bad('TouchTrain:PathMissing', with(base, 'modelName', 'missing/model'), 'missing');
check_cloud(bad, base);
several = with(base, 'TRAIN', 7, 'MaxEpochs', 0, 'PixelRagne', 1, 'CREATE_NUMPY', 2);
bad('TouchTrain:UnknownOption', several, '3', 'PixelRange', 'TRAIN', 'CREATE_NUMPY');
bad('TouchTrain:BadOption', with(base, 'MaxEpochs', 0, 'modelName', ''), '2', 'MaxEpochs', 'modelName');
expect_error('TouchTrain:BadFrames', @() run_script(base), 'frames', 'labels');
expect_error('TouchTrain:LengthMismatch', @() run_script(base, frames, labels(1:3)));
expect_error('TouchTrain:BadFrames', @() run_script(base, 'frames', labels));

% An option of another conversion.
bad('TouchTrain:UnknownOption', with(base, 'roi', 40), 'Roi', 'touchtrain.convertVideos', '''arrays''');
bad('TouchTrain:UnknownOption', with(base, 'ImageSize', 40, 'Centers', [3 4]), '2', 'ImageSize', 'Centers', ...
    'convertFolders');

% Files: each is looked for, whatever else is wrong.
mkdir('here');
videos = struct('processDirectory', 'work');
expect_error('TouchTrain:PathMissing', @() run_script(videos), '2', 'dataPath', 'labelPath', '''arrays''');
several = with(videos, 'dataPath', 'nothing', 'labelPath', 'here', 'centers', 'c.mat', 'Roi', 0);
bad('TouchTrain:PathMissing', several, '4', fullfile(pwd(), 'nothing'), fullfile(pwd(), 'here'), ...
    fullfile(pwd(), 'c.mat'), 'Roi');
several = with(videos, 'dataPath', {'a.mp4', 'b.mp4'});
bad('TouchTrain:PathMissing', several, '3', 'a.mp4', 'b.mp4', 'labelPath');
bad('TouchTrain:BadOption', with(videos, 'dataPath', 3, 'labelPath', [0 1]), '2', 'dataPath', 'labelPath');
bad('TouchTrain:UnknownOption', with(videos, 'dataPath', 'here', 'FrameOrder', 'HWN', 'LabelsVariable', 'y'), ...
    '3', 'FrameOrder', 'touchtrain.convertArrays', 'touchtrain.convertNumpy', 'LabelsVariable');
folders = with(videos, 'labelOptionSelect', 'directoryClasses');
bad('TouchTrain:PathMissing', folders, 'dataPath', 'folder');
bad('TouchTrain:PathMissing', with(folders, 'dataPath', 'nothing'), fullfile(pwd(), 'nothing'));
mkdir('classes');
mkdir(fullfile('classes', 'Free'));
mkdir(fullfile('classes', 'Held'));
bad('TouchTrain:BadOption', with(folders, 'dataPath', 'classes'), 'NonTouch, Touch', 'Free, Held', 'classNames = {}');
bad('TouchTrain:BadOption', with(folders, 'dataPath', 'classes', 'classNames', {'Free', 'Held', 'Lost'}), 'Lost');
bad('TouchTrain:PathMissing', with(videos, 'labelOptionSelect', 3), 'dataPath', 'labels.npy');
assert(~isfolder('work'));
end

function check_cloud(bad, base)
% Settings of the cloud are checked with all else, and only where they are used.
cloud = with(base, 'trainOnCloud', true);
bad('TouchTrain:BadOption', cloud, '2', 'cloudSettings.projectID', 'cloudSettings.mainBucket');
named = struct('projectID', 'my-lab-123456', 'mainBucket', 'my-lab');
bad('TouchTrain:UnknownOption', with(cloud, 'cloudSettings', with(named, 'acelerator', 'x')), 'Accelerator');
several = with(cloud, 'cloudSettings', with(named, 'mainBucket', '../x', 'region', 'mars'), 'MaxEpochs', 0);
bad('TouchTrain:BadOption', several, '3', 'MainBucket', 'Region', 'MaxEpochs');
bad('TouchTrain:BadOption', with(cloud, 'cloudSettings', 3), 'cloudSettings', 'struct');
bad('TouchTrain:BadOption', with(cloud, 'cloudSettings', with(named, 'dryRun', true)), 'touchtrain.trainOnCloud(...');
bad('TouchTrain:BadJob', with(cloud, 'cloudSettings', named, 'TRAIN', 0, 'CREATE_NUMPY', 0, 'DOWNLOAD_MODEL', 1), ...
    'DOWNLOAD_MODEL', 'TRAIN = 1', fullfile(pwd(), 'work'));
end

function run_script(trainingParameters, frames, labels) %#ok<INUSD>
train_new_model
end
