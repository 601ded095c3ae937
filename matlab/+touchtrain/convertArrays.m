function report = convertArrays(frames, labels, dataset, varargin)
% CONVERTARRAYS  Write frames and labels from the workspace as a dataset to train on.
%
%   touchtrain.convertArrays(FRAMES, LABELS, DATASET) writes the folder DATASET and prints what is in it.
%     FRAMES   one array of one recording: HxWxN, HxWxCxN, NxHxW or NxHxWxC (H rows, W columns, C = 1 or 3 channels,
%              N frames), or a cell with one such array a recording. uint8, uint16, logical, single or double; single
%              and double need the option PixelRange. The axis with as many frames as there are labels is N; where two
%              orders fit, say which by FrameOrder.
%     LABELS   one label a frame, in a row or column: numbers, logical, names of classes (cellstr, string,
%              categorical); -1 or NaN leaves a frame out. For a cell of arrays, a cell with one vector each.
%     DATASET  folder to write (char or string). A dataset that is there already is replaced once the new one is
%              complete, and stays if something goes wrong.
%
%   REPORT = touchtrain.convertArrays(...) prints nothing and returns a struct: path, class_names, image_shape,
%   frames, counts a class, label_mapping (what was read as which class), recordings, warnings.
%
%   ... = touchtrain.convertArrays(..., 'Name', value, ...) sets options (touchtrain.options prints them all):
%     'ClassNames'   names of the classes, default {'NonTouch', 'Touch'}. Of labels 0 and 1, 1 is Touch, wherever
%                    Touch stands. Without a class Touch numbers count from 0, in the order of ClassNames.
%     'LabelValues'  what stands in LABELS for each class, in the order of ClassNames, e.g. [1 2].
%     'Recordings'   names of the recordings (cellstr or string); for a single array one name or number a frame.
%     'FrameOrder'   'auto' (default), 'HWN', 'HWCN', 'NHW' or 'NHWC'.
%     'Contrast'     'none' (default), 'stretch' as imadjust does, or 'equalize' as histeq does.
%     'PixelRange'   the numbers that mean black and white, e.g. [0 1]; for cameras of 12 bits in uint16 [0 4095].
%
%   An array above 256 MB goes to Python in pieces, by itself.
%
%   Example
%     frames = uint8(255 * rand(61, 61, 200));
%     labels = mean(mean(frames, 1), 2) > 127;
%     touchtrain.convertArrays(frames, labels(:), 'set');
%
%   See also touchtrain.convertVideos, touchtrain.train, touchtrain.inspect, touchtrain.options
touchtrain.internal.options.needInputs(nargin, 3, ...
    'touchtrain.convertArrays(frames, labels, dataset, ''Name'', value, ...)');
mostBytes = 256 * 2^20; % of one chunk; above 2 GB a Python outside MATLAB's process refuses it
pairs = touchtrain.internal.options.nameValues(varargin);
dataset = touchtrain.internal.values.absolutePath(dataset, 'dataset');
arrays = touchtrain.internal.data.frameCell(frames);
labels = touchtrain.internal.data.labelsForPython(labels, numel(arrays));
sizes = cellfun(@(one) jsonencode(size(one)), arrays, 'UniformOutput', false);
classes = cellfun(@class, arrays, 'UniformOutput', false);
classes(strcmp(classes, 'logical')) = {'uint8'}; % as which they are sent

conversion = touchtrain.internal.python.askPython('convert_arrays_open', dataset, ...
    touchtrain.internal.options.optionsJson(pairs), labels, ['[' strjoin(sizes, ',') ']'], jsonencode(classes));
isOpen = touchtrain.internal.values.Flag();
guard = onCleanup(@() giveUp(conversion.token, isOpen)); %#ok<NASGU>
for k = 1:numel(arrays)
    touchtrain.internal.data.appendFrames(conversion.token, k, arrays{k}, conversion.orders{k}, mostBytes);
end
result = touchtrain.internal.python.askPython('convert_arrays_close', conversion.token);
isOpen.isUp = false;
if nargout == 0
    touchtrain.internal.data.printDataset(result);
else
    report = result;
end
end

function giveUp(token, isOpen)
% End a conversion that was left by an error or by Ctrl-C; nothing half-written stays.
message = '';
for attempt = 1:2 % the first call after Ctrl-C may find a function missing whose loading was broken off
    if isOpen.isUp
        try
            touchtrain.internal.python.askPython('convert_arrays_abort', token);
            isOpen.isUp = false;
        catch err
            message = err.message;
        end
    end
end
if isOpen.isUp
    warning('TouchTrain:Python', 'The conversion could not be given up: %s', message);
end
end
