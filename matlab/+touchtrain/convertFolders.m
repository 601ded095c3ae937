function report = convertFolders(root, dataset, varargin)
% CONVERTFOLDERS  Write a folder with one sub-folder of images a class as a dataset to train on.
%
%   touchtrain.convertFolders(ROOT, DATASET) writes the folder DATASET and prints what is in it.
%     ROOT     folder (char or string) that has a sub-folder for each class, named as the class, with its images: png,
%              jpg, tif, bmp. Images in a folder inside that stay on one side of the split.
%     DATASET  folder to write (char or string). A dataset that is there already is replaced once the new one is
%              complete, and stays if something goes wrong.
%
%   REPORT = touchtrain.convertFolders(...) returns a struct instead: path, class_names, image_shape, frames, counts a
%   class, recordings, warnings.
%
%   ... = touchtrain.convertFolders(..., 'Name', value, ...) sets options (touchtrain.options prints them all):
%     'ClassNames'  names of the sub-folders, in the order of the classes. Default: all, in the order of dir.
%     'ImageSize'   side, or [height width], in pixels that images are brought to. Default: that of most of them.
%     'Color'       whether images keep their colours, default false: they become grey.
%     'GroupPattern'  regular expression on the file name: images with the same match stay on one side of the split.
%     'OnDamage'    'error' (default), or 'skip': damaged images are left out and counted.
%     'OnConflict'  'error' (default) where an image lies in two classes, 'skip' it in both, or 'keep' it in both.
%     'Contrast'    'none' (default), 'stretch' as imadjust does, or 'equalize' as histeq does.
%     'Check'       true: nothing is written; it is told what would come of it, and all that is wrong.
%     'Workers'     how many processes share the work.
%     'Verbose'     whether it is shown how far it is, default true.
%
%   The work is done in a Python process of its own. Ctrl-C gives the prompt back and lets it go on.
%
%   Example
%     touchtrain.convertFolders('images', 'set', 'ClassNames', {'NonTouch', 'Touch'});
%     touchtrain.train('set', 'model.h5');
%
%   See also touchtrain.convertVideos, touchtrain.convertNumpy, touchtrain.train, touchtrain.inspect
touchtrain.internal.options.needInputs(nargin, 2, 'touchtrain.convertFolders(root, dataset, ''Name'', value, ...)');
pairs = touchtrain.internal.options.nameValues(varargin);
root = touchtrain.internal.values.absolutePath(root, 'root');
result = touchtrain.internal.data.convertFiles('convertFolders', root, '', dataset, pairs);
if nargout == 0
    touchtrain.internal.data.printDataset(result);
else
    report = result;
end
end
