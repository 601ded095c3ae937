function report = convertTfrecords(files, dataset, varargin)
% CONVERTTFRECORDS  Convert TFRecord files to a training dataset.
%
%   touchtrain.convertTfrecords(FILES, DATASET) writes the folder DATASET and prints a summary.
%     FILES    a .tfrecord file, a list of files (cellstr or string), or a folder of files: either exported from a
%              dataset (touchtrain export tfrecords), or written by the older tool with one record for all frames.
%     DATASET  folder to write (char or string). An existing dataset is replaced only when the new one is complete.
%
%   REPORT = touchtrain.convertTfrecords(...) returns a struct instead, with the fields that touchtrain.convertNumpy
%   returns.
%
%   ... = touchtrain.convertTfrecords(..., 'Name', value, ...) sets options (touchtrain.options lists all):
%     'ClassNames'   class names. Default: those in the records, otherwise {'NonTouch', 'Touch'}.
%     'LabelValues'  label value of each class, in the order of ClassNames, e.g. [1 2].
%     'ImageSize'    side, or [height width], of frames whose record does not contain their size.
%     'Contrast'     'none' (default), 'stretch' as imadjust does, or 'equalize' as histeq does.
%     'Check'        true: write nothing; report the expected result and all errors.
%     'Verbose'      true (default) to show progress.
%
%   The conversion runs in a separate Python process. Ctrl+C returns to the prompt, and the conversion continues.
%
%   Example
%     touchtrain.convertTfrecords('records', 'set');
%     touchtrain.train('set', 'model.h5');
%
%   See also touchtrain.convertNumpy, touchtrain.convertVideos, touchtrain.train, touchtrain.inspect
touchtrain.internal.options.requireInputs(nargin, 2, ...
    'touchtrain.convertTfrecords(files, dataset, ''Name'', value, ...)');
pairs = touchtrain.internal.options.nameValues(varargin, 'convertTfrecords');
files = touchtrain.internal.values.absolutePaths(files, 'files', ...
    'a .tfrecord file, a list of them (cellstr or string), or a folder');
result = touchtrain.internal.data.convertFiles('convertTfrecords', files, '', dataset, pairs);
if nargout == 0
    touchtrain.internal.data.printDataset(result);
else
    report = result;
end
end
