% TRAIN_NEW_MODEL  Train a new model: set the parameters below, then run this script.
%
%   It makes a dataset of labelled frames and trains a network on it. Each section has a switch, so that one can be
%   run again without the others. Before anything is written all parameters are checked.
%
%   Where frames and labels come from, labelOptionSelect says:
%     'labelsInFile'      videos in dataPath, their labels in the file labelPath; see touchtrain.convertVideos
%     'directoryClasses'  dataPath has one sub-folder of images a class, named as it; see touchtrain.convertFolders
%     'numpy'             dataPath has frames.npy and labels.npy, or legacy pairs; see touchtrain.convertNumpy
%     'arrays'            the variables frames and labels in the workspace: frames HxWxN (or a cell with one array a
%                         recording), labels with one value a frame, 1 = touch; see touchtrain.convertArrays
%   It leaves history (struct of curves), modelPath (char) and report (struct) in the workspace; see touchtrain.train.
%
%   Fields of a struct trainingParameters in the workspace take the place of the values below, and any option of
%   touchtrain.options may be a field of it:
%     trainingParameters.dataPath = 'whisker/videos';
%     trainingParameters.labelPath = 'whisker/labels.mat';
%     trainingParameters.MaxEpochs = 40;
%     train_new_model
%
%   See also touchtrain.setup, touchtrain.options, touchtrain.convertVideos, touchtrain.train

%% Parameters
dataPath = '';                                  % folder with the videos (or a cell of them), images, or .npy files
labelPath = '';                                 % file with the labels: .mat or .csv; see touchtrain.convertVideos
roi = 61;                                       % of videos: side, or [height width], of the region to cut out; [] = all
centers = '';                                   % its centre: '' = middle, [x y], one a frame, a cell, or a file
processDirectory = 'training';                  % folder for all that is made; it is made if need be
modelName = 'new_model';                        % the model is processDirectory/new_model.h5; with a folder, that one
classNames = {'NonTouch', 'Touch'};             % of labels 0 and 1, 1 is Touch in either order; {}: names of folders
labelOptions = {'labelsInFile', 'directoryClasses', 'numpy', 'arrays'};
labelOptionSelect = 'labelsInFile';             % where frames and labels come from: one of labelOptions, or its number
trainOnCloud = false;                           % false: on this machine; true: on Google Cloud, by cloudSettings
cloudSettings = struct('projectID', '', 'mainBucket', '', 'dataBucket', '', 'region', 'us-central1', ...
    'logDir', 'jobs', 'models', 'models', 'runVersion', ''); % and more: see touchtrain.trainOnCloud
jobName = 'new_model';                          % name of the training's folder, in processDirectory/jobs

%% Sections to run: 1 or 0
CREATE_NUMPY = 1;                               % write the dataset, processDirectory/dataset
UPLOAD = 0;                                     % send it to the cloud, as far as it is not there
TRAIN = 1;                                      % train on it
DOWNLOAD_MODEL = 0;                             % fetch what came of the last training, in the cloud its model
CLEAR_DIRECTORIES = 0;                          % remove the dataset and the jobs that this script made; the model stays

%% Check all of it
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
    fprintf('UPLOAD: nothing to do, the training is on this machine.\n');
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
    touchtrain.internal.values.show('The model is on this machine: %s\n', modelPath);
end

%% Clearing
if newModel.CLEAR_DIRECTORIES
    touchtrain.internal.script.MadeFolders(newModel.processDirectory).remove();
    if newModel.trainOnCloud
        fprintf('What is in the bucket stays there.\n');
    end
end
clear('newModel');
