function report = convertFolders(root, dataset, varargin)
% CONVERTFOLDERS  Convert a folder with one subfolder of images per class to a training dataset.
%
%   touchtrain.convertFolders(ROOT, DATASET) writes the folder DATASET and prints a summary.
%     ROOT     folder (char or string) with one subfolder per class, named after the class, that holds its images: png,
%              jpg, tif, bmp. Images in a folder inside a class folder stay together on one side of the split, unless
%              each class has only one such folder.
%     DATASET  folder to write (char or string). An existing dataset is replaced only when the new one is complete.
%
%   REPORT = touchtrain.convertFolders(...) returns a struct instead of printing the summary: path, class_names,
%   image_shape, frames, counts per class, recordings, warnings.
%   A field whose own fields are names of yours has a list beside it, because a struct cannot hold every name:
%   counts_list(k).name and .value.
%
%   ... = touchtrain.convertFolders(..., 'Name', value, ...) sets options (touchtrain.options lists all):
%     'ClassNames'  names of the subfolders, in the order of the classes. Default: all, in the order of dir.
%     'ImageSize'   side, or [height width], in pixels to which images are resized. Default: the most common size.
%     'Color'       true to keep colours; by default (false) images become grey.
%     'PixelRange'  values of black and white in grey images with more than 8 bits, e.g. [0 4095] for a camera of 12
%                   bits in files of 16. Default: all bits. Other images are not changed by it.
%     'GroupPattern'  regular expression for file names: images with the same match stay on one side of the split.
%     'OnDamage'    'error' (default), or 'skip': leave out damaged images and count them.
%     'OnConflict'  if an image is in two classes: 'error' (default), 'skip' it in both, or 'keep' it in both.
%     'Contrast'    'none' (default), 'stretch' as imadjust does, or 'equalize' as histeq does.
%     'Check'       true: write nothing; report the expected result and all errors.
%     'Workers'     number of parallel processes.
%     'Verbose'     true (default) to show progress.
%
%   The conversion runs in a separate Python process. Ctrl+C returns to the prompt, and the conversion continues.
%
%   Example
%     touchtrain.convertFolders('images', 'set', 'ClassNames', {'NonTouch', 'Touch'});
%     touchtrain.train('set', 'model.h5');
%
%   See also touchtrain.convertVideos, touchtrain.convertNumpy, touchtrain.train, touchtrain.inspect
touchtrain.internal.options.requireInputs(nargin, 2, 'touchtrain.convertFolders(root, dataset, ''Name'', value, ...)');
pairs = touchtrain.internal.options.nameValues(varargin, 'convertFolders');
root = touchtrain.internal.values.absolutePath(root, 'root');
result = touchtrain.internal.data.convertFiles('convertFolders', root, '', dataset, pairs);
if nargout == 0
    touchtrain.internal.data.printDataset(result);
else
    report = result;
end
end
