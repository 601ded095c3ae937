function report = convertArrays(frames, labels, dataset, varargin)
% CONVERTARRAYS  Convert frames and labels in the workspace to a training dataset.
%
%   touchtrain.convertArrays(FRAMES, LABELS, DATASET) writes the folder DATASET and prints a summary.
%     FRAMES   array of one recording: HxWxN, HxWxCxN, NxHxW or NxHxWxC (H rows, W columns, C = 1 or 3 channels, N
%              frames), or a cell array with one such array per recording. uint8, uint16, logical, single or double;
%              single and double need the option PixelRange. N is the dimension whose size equals the number of labels;
%              if that is ambiguous, set FrameOrder. A cell array of single images is one recording.
%     LABELS   one label per frame, as a row or column: numbers, logical values, class names (cellstr, string,
%              categorical); -1, NaN, <missing>, <undefined> or '' leaves a frame out. If FRAMES is a cell array, a cell
%              array with one vector for each of its arrays.
%     DATASET  folder to write (char or string). An existing dataset is replaced only when the new one is complete.
%
%   REPORT = touchtrain.convertArrays(...) prints nothing and returns a struct: path, class_names, image_shape,
%   frames, counts per class, label_mapping (the class of each label value), label_table (class and frames of each
%   label), recordings, warnings.
%   A field whose own fields are names of yours has a list beside it, because a struct cannot hold every name:
%   counts_list(k).name and .value.
%
%   ... = touchtrain.convertArrays(..., 'Name', value, ...) sets options (touchtrain.options lists all):
%     'ClassNames'   class names, default {'NonTouch', 'Touch'}. Of the labels 0 and 1, 1 is Touch wherever Touch is in
%                    the list. If no class is called Touch, numbers count from 0 in the order of ClassNames, unless the
%                    classes are called by these numbers; numbers without a 0 need LabelValues.
%     'LabelValues'  value in LABELS for each class, in the order of ClassNames, e.g. [1 2].
%     'Recordings'   names of the recordings (cellstr or string); for a single array, or a cell array of single
%                    images, one name or number per frame: that of its video.
%     'FrameOrder'   'auto' (default), 'HWN', 'HWCN', 'NHW' or 'NHWC'.
%     'Contrast'     'none' (default), 'stretch' as imadjust does, or 'equalize' as histeq does.
%     'Grey'         how the grey levels were made of a video: 'full-range' (default; 0 to 255, as VideoReader does) or
%                    'raw-y' (the luma as it is stored). Frames stay as they are; curation reads videos likewise.
%     'PixelRange'   values of black and white, e.g. [0 1]; for 12-bit cameras in uint16, [0 4095].
%     'Verbose'      true (default) to show progress.
%
%   Arrays larger than 256 MB are sent to Python in chunks.
%
%   Example
%     frames = uint8(255 * rand(61, 61, 200));
%     labels = mean(mean(frames, 1), 2) > 127;
%     touchtrain.convertArrays(frames, labels(:), 'set');
%
%   See also touchtrain.convertVideos, touchtrain.train, touchtrain.inspect, touchtrain.options
touchtrain.internal.options.requireInputs(nargin, 3, ...
    'touchtrain.convertArrays(frames, labels, dataset, ''Name'', value, ...)');
mostBytes = 256 * 2^20; % per chunk; out-of-process Python accepts no more than 2 GB
pairs = touchtrain.internal.options.nameValues(varargin, 'convertArrays');
dataset = touchtrain.internal.values.absolutePath(dataset, 'dataset');
arrays = touchtrain.internal.data.frameCell(frames);
labels = touchtrain.internal.data.labelsForPython(labels, numel(arrays));
sizes = cellfun(@(one) jsonencode(size(one)), arrays, 'UniformOutput', false);
classes = cellfun(@class, arrays, 'UniformOutput', false);
classes(strcmp(classes, 'logical')) = {'uint8'}; % appendFrames sends logical as uint8

conversion = touchtrain.internal.python.askPython('convert_arrays_open', dataset, ...
    touchtrain.internal.options.optionsJson(pairs), labels, ['[' strjoin(sizes, ',') ']'], jsonencode(classes));
isOpen = touchtrain.internal.values.Flag();
guard = onCleanup(@() abortConversion(conversion.token, isOpen)); %#ok<NASGU>
shown = touchtrain.internal.jobs.progressLine([], []);
isVerbose = touchtrain.internal.options.isOn(pairs, 'Verbose', true);
for k = 1:numel(arrays)
    if isVerbose && shown.live
        line = sprintf('recording %d/%d', k, numel(arrays));
        shown = touchtrain.internal.jobs.progressLine(shown, struct('told', {{}}, 'line', line, 'seen', 0));
    end
    touchtrain.internal.data.appendFrames(conversion.token, k, arrays{k}, conversion.orders{k}, mostBytes);
end
touchtrain.internal.jobs.progressLine(shown, []);
result = touchtrain.internal.python.askPython('convert_arrays_close', conversion.token);
isOpen.isSet = false;
if nargout == 0
    touchtrain.internal.data.printDataset(result);
else
    report = result;
end
end

function abortConversion(token, isOpen)
% Abort a conversion after an error or Ctrl+C, and remove its partial output.
message = '';
for attempt = 1:2 % Ctrl+C can interrupt the loading of a function, so that the next call does not find it
    if isOpen.isSet
        try
            touchtrain.internal.python.askPython('convert_arrays_abort', token);
            isOpen.isSet = false;
        catch err
            message = err.message;
        end
    end
end
if isOpen.isSet
    warning('TouchTrain:Python', 'The conversion could not be aborted: %s', message);
end
end
