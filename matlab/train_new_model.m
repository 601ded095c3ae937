% TRAIN_NEW_MODEL  Train a new model with the parameters at the top of this script.
%
%   Set the parameters, then run the script. It converts labelled frames to a dataset and trains a network on it. Each
%   section has its own switch, so you can rerun one section without the others. All parameters are checked before
%   anything is written.
%
%   labelOptionSelect sets the source of the frames and labels:
%     'labelsInFile'      videos in dataPath, labels in the file labelPath; see touchtrain.convertVideos
%     'directoryClasses'  dataPath has one subfolder of images per class, named after it; see touchtrain.convertFolders
%     'numpy'             dataPath has frames.npy and labels.npy, or legacy pairs; see touchtrain.convertNumpy
%     'arrays'            the workspace variables frames and labels: frames is HxWxN (or a cell array with one array
%                         per recording), labels has one value per frame, 1 = touch; see touchtrain.convertArrays
%   With CREATE_NUMPY = 0 the script uses the dataset of an earlier run. Values that you have set, such as roi or
%   centers, and that the dataset was not made with, are errors that name both values.
%   The script returns the workspace variables history (struct of curves), modelPath (char) and report (struct); see
%   touchtrain.train.
%
%   Fields of a workspace struct trainingParameters override the values below. Any option that touchtrain.options lists
%   can also be a field:
%     trainingParameters.dataPath = 'whisker/videos';
%     trainingParameters.labelPath = 'whisker/labels.mat';
%     trainingParameters.MaxEpochs = 40;
%     train_new_model
%
%   See also touchtrain.setup, touchtrain.options, touchtrain.convertVideos, touchtrain.train

%% Parameters
dataPath = '';                                  % folder with videos, images or .npy files, or a cell array of videos
labelPath = '';                                 % file with the labels: .mat or .csv; see touchtrain.convertVideos
roi = 61;                                       % side, or [height width], of the region in videos, pixels; [] = all
centers = '';                                   % region centre: '' = middle, [x y], one per frame, a cell array or file
processDirectory = 'training';                  % output folder; created if it does not exist
modelName = 'new_model';                        % saved as processDirectory/new_model.h5; can include another folder
classNames = {'NonTouch', 'Touch'};             % classes of labels 0 and 1; 1 is Touch in any order; {}: folder names
labelOptions = {'labelsInFile', 'directoryClasses', 'numpy', 'arrays'};
labelOptionSelect = 'labelsInFile';             % source of frames and labels: one of labelOptions, or its number
trainOnCloud = false;                           % false: train on this computer; true: on Google Cloud
cloudSettings = struct('projectID', '', 'mainBucket', '', 'dataBucket', '', 'region', 'us-central1', ...
    'logDir', 'jobs', 'models', 'models', 'runVersion', ''); % for more, see touchtrain.trainOnCloud
jobName = 'new_model';                          % folder of the training in processDirectory/jobs

%% Sections to run: 1 or 0
CREATE_NUMPY = 1;                               % write the dataset, processDirectory/dataset
UPLOAD = 0;                                     % upload the dataset to the cloud (missing files only)
TRAIN = 1;                                      % train on the dataset
DOWNLOAD_MODEL = 0;                             % get the results of the last training; from the cloud, also its model
CLEAR_DIRECTORIES = 0;                          % remove the dataset and jobs of this script; the model stays

%% Check the parameters
newModel = struct('dataPath', {dataPath}, 'labelPath', {labelPath}, 'roi', {roi}, 'centers', {centers}, ...
    'processDirectory', {processDirectory}, 'modelName', {modelName}, 'classNames', {classNames}, ...
    'labelOptions', {labelOptions}, 'labelOptionSelect', {labelOptionSelect}, 'trainOnCloud', {trainOnCloud}, ...
    'cloudSettings', {cloudSettings}, 'jobName', {jobName}, 'CREATE_NUMPY', {CREATE_NUMPY}, ...
    'UPLOAD', {UPLOAD}, 'TRAIN', {TRAIN}, 'DOWNLOAD_MODEL', {DOWNLOAD_MODEL}, 'CLEAR_DIRECTORIES', {CLEAR_DIRECTORIES});
if exist('frames', 'var') && exist('labels', 'var')
    newModel.frames = frames;
    newModel.labels = labels;
end
if exist('trainingParameters', 'var')
    newModel = touchtrain.internal.script.newModelPlan(newModel, trainingParameters);
else
    newModel = touchtrain.internal.script.newModelPlan(newModel, struct());
end

%% Dataset
if newModel.CREATE_NUMPY
    touchtrain.internal.script.createDataset(newModel);
end

%% Upload
if newModel.UPLOAD && newModel.trainOnCloud
    touchtrain.internal.script.MadeFolders(newModel.processDirectory).add(newModel.uploadJob);
    touchtrain.uploadDataset(newModel.dataset, newModel.cloudSettings, 'JobFolder', newModel.uploadJob, ...
        'Verbose', newModel.isVerbose);
elseif newModel.UPLOAD
    fprintf('UPLOAD: nothing to do, because trainOnCloud is false.\n');
end

%% Training
if newModel.TRAIN
    touchtrain.internal.script.MadeFolders(newModel.processDirectory).add(newModel.job);
end
if newModel.TRAIN && newModel.trainOnCloud
    [history, modelPath, report] = touchtrain.internal.script.trainInCloud(newModel);
elseif newModel.TRAIN
    [history, modelPath, report] = touchtrain.train(newModel.dataset, newModel.model, ...
        'JobFolder', newModel.job, newModel.trainOptions{:});
end

%% Model
if newModel.DOWNLOAD_MODEL && newModel.trainOnCloud && ~newModel.TRAIN
    newModel.job = touchtrain.internal.script.MadeFolders(newModel.processDirectory).lastJob();
    [history, modelPath, report] = touchtrain.fetchModel(newModel.job, newModel.model, 'Verbose', newModel.isVerbose);
elseif newModel.DOWNLOAD_MODEL
    newModel.job = touchtrain.internal.script.MadeFolders(newModel.processDirectory).lastJob();
    newModel.result = touchtrain.internal.jobs.jobResult(newModel.job);
    history = newModel.result.history;
    modelPath = newModel.result.model_path;
    report = newModel.result.report;
    touchtrain.internal.values.show('Model: %s\n', modelPath);
end

%% Cleanup
if newModel.CLEAR_DIRECTORIES
    touchtrain.internal.script.MadeFolders(newModel.processDirectory).remove();
    if newModel.trainOnCloud
        fprintf('Files in the bucket were not removed.\n');
    end
end
clear('newModel');
