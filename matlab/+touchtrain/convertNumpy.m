function report = convertNumpy(folder, dataset, varargin)
% CONVERTNUMPY  Write NumPy files of frames and labels as a dataset to train on.
%
%   touchtrain.convertNumpy(FOLDER, DATASET) writes the folder DATASET and prints what is in it.
%     FOLDER   folder (char or string) with frames.npy and labels.npy, or with the pairs of the older tool:
%              Train_Data_*.npy with Train_Labels_*.npy, Valid_Data_*.npy with Valid_Labels_*.npy, whose sides are kept;
%              or an .npz or .h5 file with the arrays frames and labels, or a folder with such files.
%     DATASET  folder to write (char or string). A dataset that is there already is replaced once the new one is
%              complete, and stays if something goes wrong.
%
%   REPORT = touchtrain.convertNumpy(...) returns a struct instead: path, class_names, image_shape, frames, counts a
%   class, label_mapping (what was read as which class), recordings, warnings.
%
%   ... = touchtrain.convertNumpy(..., 'Name', value, ...) sets options (touchtrain.options prints them all):
%     'ClassNames'   names of the classes, default {'NonTouch', 'Touch'}. Of labels 0 and 1, 1 is Touch, wherever
%                    Touch stands. Without a class Touch numbers count from 0, in the order of ClassNames.
%     'LabelValues'  what stands in the labels for each class, in the order of ClassNames, e.g. [1 2].
%     'FrameOrder'   'auto' (default), 'HWN', 'HWCN', 'NHW' or 'NHWC'.
%     'PixelRange'   the numbers that mean black and white, e.g. [0 1]; needed for frames of floats.
%     'FramesVariable', 'LabelsVariable'  which arrays of an .npz or .h5 file to take, where they are called otherwise.
%     'Contrast'     'none' (default), 'stretch' as imadjust does, or 'equalize' as histeq does.
%     'Check'        true: nothing is written; it is told what would come of it, and all that is wrong.
%     'Verbose'      whether it is shown how far it is, default true.
%
%   The work is done in a Python process of its own. Ctrl-C gives the prompt back and lets it go on.
%
%   Example
%     touchtrain.convertNumpy('arrays', 'set', 'PixelRange', [0 1]);
%     touchtrain.train('set', 'model.h5');
%
%   See also touchtrain.convertArrays, touchtrain.convertVideos, touchtrain.train, touchtrain.inspect
touchtrain.internal.options.needInputs(nargin, 2, 'touchtrain.convertNumpy(folder, dataset, ''Name'', value, ...)');
pairs = touchtrain.internal.options.nameValues(varargin);
folder = touchtrain.internal.values.absolutePath(folder, 'folder');
result = touchtrain.internal.data.convertFiles('convertNumpy', folder, '', dataset, pairs);
if nargout == 0
    touchtrain.internal.data.printDataset(result);
else
    report = result;
end
end
