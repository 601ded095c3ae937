function report = convertNumpy(folder, dataset, varargin)
% CONVERTNUMPY  Convert NumPy files of frames and labels to a training dataset.
%
%   touchtrain.convertNumpy(FOLDER, DATASET) writes the folder DATASET and prints a summary.
%     FOLDER   folder (char or string) with frames.npy and labels.npy, or with the file pairs of the older tool:
%              Train_Data_*.npy with Train_Labels_*.npy and Valid_Data_*.npy with Valid_Labels_*.npy, whose split is
%              kept; or an .npz or .h5 file with the arrays frames and labels, or a folder of such files.
%     DATASET  folder to write (char or string). An existing dataset is replaced only when the new one is complete.
%
%   REPORT = touchtrain.convertNumpy(...) returns a struct instead of printing the summary: path, class_names,
%   image_shape, frames, counts per class, label_mapping (the class of each label value), label_table (class and frames
%   of each label), recordings, warnings.
%   A field whose own fields are names of yours has a list beside it, because a struct cannot hold every name:
%   counts_list(k).name and .value.
%
%   ... = touchtrain.convertNumpy(..., 'Name', value, ...) sets options (touchtrain.options lists all):
%     'ClassNames'   class names, default {'NonTouch', 'Touch'}. Of the labels 0 and 1, 1 is Touch wherever Touch is in
%                    the list. If no class is called Touch, numbers count from 0 in the order of ClassNames, unless the
%                    classes are called by these numbers; numbers without a 0 need LabelValues.
%     'LabelValues'  label value of each class, in the order of ClassNames, e.g. [1 2].
%     'FrameOrder'   'auto' (default), 'HWN', 'HWCN', 'NHW' or 'NHWC'; for an .h5 file, in the program that wrote it. If
%                    the file does not tell whether MATLAB, Julia or R wrote it, or Python, set this option.
%     'PixelRange'   values of black and white, e.g. [0 1]; required for floating-point frames, unless all values are
%                    whole numbers up to 255, the largest at least 2: then 255 is white.
%     'FramesVariable', 'LabelsVariable'  names of the arrays in an .npz or .h5 file, if not frames and labels.
%     'Contrast'     'none' (default), 'stretch' as imadjust does, or 'equalize' as histeq does.
%     'Grey'         how the grey levels were made of a video: 'full-range' (default; 0 to 255, as VideoReader does) or
%                    'raw-y' (the luma as it is stored). Frames stay as they are; curation reads videos likewise.
%     'Check'        true: write nothing; report the expected result and all errors.
%     'Verbose'      true (default) to show progress.
%
%   The conversion runs in a separate Python process. Ctrl+C returns to the prompt, and the conversion continues.
%
%   Example
%     touchtrain.convertNumpy('arrays', 'set', 'PixelRange', [0 1]);
%     touchtrain.train('set', 'model.h5');
%
%   See also touchtrain.convertArrays, touchtrain.convertVideos, touchtrain.train, touchtrain.inspect
touchtrain.internal.options.requireInputs(nargin, 2, 'touchtrain.convertNumpy(folder, dataset, ''Name'', value, ...)');
pairs = touchtrain.internal.options.nameValues(varargin, 'convertNumpy');
folder = touchtrain.internal.values.absolutePath(folder, 'folder');
result = touchtrain.internal.data.convertFiles('convertNumpy', folder, '', dataset, pairs);
if nargout == 0
    touchtrain.internal.data.printDataset(result);
else
    report = result;
end
end
