% TouchTrain
% Version 0.1.0
%
% Control script
%   train_new_model                - Train a new model: set the parameters below, then run this script.
%
% Functions
%   touchtrain.setup               - Find or make the Python that TouchTrain works with, and connect it.
%   touchtrain.doctor              - Tell what is on this machine and what is wrong with it, each with its remedy.
%   touchtrain.options             - Print all options with their defaults, or return them.
%   touchtrain.convertVideos       - Write videos and their labels as a dataset to train on.
%   touchtrain.convertFolders      - Write a folder with one sub-folder of images a class as a dataset to train on.
%   touchtrain.convertArrays       - Write frames and labels from the workspace as a dataset to train on.
%   touchtrain.convertNumpy        - Write NumPy files of frames and labels as a dataset to train on.
%   touchtrain.convertTfrecords    - Write TFRecord files as a dataset to train on.
%   touchtrain.previewAugmentation - Write a picture of frames as a training varies them.
%   touchtrain.train               - Train a network on a dataset and save it as an .h5 model.
%   touchtrain.trainInBackground   - Start a training and return at once with a handle on it.
%   touchtrain.TrainingJob         - A training in the background: look at it, wait for it, stop it, fetch what it made.
%   touchtrain.trainOnCloud        - Train on Vertex AI of Google Cloud, watched from here.
%   touchtrain.uploadDataset       - Send a dataset to a bucket of Google Cloud: only what is not there already.
%   touchtrain.fetchModel          - Wait for a training in the cloud, and fetch what it made.
%   touchtrain.tune                - Search for good settings: train with many, and keep the best model.
%   touchtrain.resume              - Let a training, conversion or upload that was broken off go on, and wait for it.
%   touchtrain.unlock              - Release a dataset, model or job that a process of another computer holds.
%   touchtrain.inspect             - Tell what a dataset, a model, a label file, a video or a job holds.
%   touchtrain.verify              - Tell whether a dataset has changed on the disk since it was written.
%   touchtrain.plotHistory         - Draw the curves of loss and accuracy of a training.
%   touchtrain.showMistakes        - Draw the frames on which a model was surest of a wrong class.
