% TouchTrain
% Version 0.1.0
%
% Control script
%   train_new_model            - Train a new model: set the parameters below, then run this script.
%
% Functions
%   touchtrain.setup           - Find or make the Python that TouchTrain works with, and connect it.
%   touchtrain.options         - Print all options with their defaults, or return them.
%   touchtrain.convertArrays   - Write frames and labels from the workspace as a dataset to train on.
%   touchtrain.train           - Train a network on a dataset and save it as an .h5 model.
%   touchtrain.inspect         - Tell what a dataset, a model or a job holds.
%   touchtrain.plotHistory     - Draw the curves of loss and accuracy of a training.
