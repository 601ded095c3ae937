function report = convertTfrecords(files, dataset, varargin)
% CONVERTTFRECORDS  Write TFRecord files as a dataset to train on.
%
%   touchtrain.convertTfrecords(FILES, DATASET) writes the folder DATASET and prints what is in it.
%     FILES    a .tfrecord file, a list of them (cellstr or string), or a folder with such: files that were exported of
%              a dataset (touchtrain export tfrecords), or those of the older tool, one record for all frames.
%     DATASET  folder to write (char or string). A dataset that is there already is replaced once the new one is
%              complete, and stays if something goes wrong.
%
%   REPORT = touchtrain.convertTfrecords(...) returns a struct instead, as touchtrain.convertNumpy does.
%
%   ... = touchtrain.convertTfrecords(..., 'Name', value, ...) sets options (touchtrain.options prints them all):
%     'ClassNames'   names of the classes. Default: those in the records, else {'NonTouch', 'Touch'}.
%     'LabelValues'  what stands in the labels for each class, in the order of ClassNames, e.g. [1 2].
%     'ImageSize'    side, or [height width], of frames whose record does not tell it.
%     'Check'        true: nothing is written; it is told what would come of it, and all that is wrong.
%     'Verbose'      whether it is shown how far it is, default true.
%
%   The work is done in a Python process of its own. Ctrl-C gives the prompt back and lets it go on.
%
%   Example
%     touchtrain.convertTfrecords('records', 'set');
%     touchtrain.train('set', 'model.h5');
%
%   See also touchtrain.convertNumpy, touchtrain.convertVideos, touchtrain.train, touchtrain.inspect
touchtrain.internal.options.needInputs(nargin, 2, 'touchtrain.convertTfrecords(files, dataset, ''Name'', value, ...)');
pairs = touchtrain.internal.options.nameValues(varargin);
files = touchtrain.internal.values.absolutePaths(files, 'files', ...
    'a .tfrecord file, a list of them (cellstr or string), or a folder');
result = touchtrain.internal.data.convertFiles('convertTfrecords', files, '', dataset, pairs);
if nargout == 0
    touchtrain.internal.data.printDataset(result);
else
    report = result;
end
end
