function [prediction, summary] = predictFrames(model, frames, pairs)
% PREDICTFRAMES  Send frames to the process that predicts, wait for it, and return the struct of touchtrain.predict.
%
%   [PREDICTION, SUMMARY] = PREDICTFRAMES(MODEL, FRAMES, PAIRS): MODEL is an absolute path, FRAMES and PREDICTION are
%   those of touchtrain.predict, PAIRS is the output of NAMEVALUES. SUMMARY is a cell array of lines to print. Ctrl+C
%   ends the process that predicts.
mostBytes = 256 * 2^20; % per chunk; out-of-process Python accepts no more than 2 GB
arrays = {};
paths = {};
if touchtrain.internal.values.isText(frames) || touchtrain.internal.values.isNames(frames)
    paths = touchtrain.internal.values.absolutePaths(frames, 'frames', 'frames, a file, or a list of files');
else
    arrays = touchtrain.internal.data.frameCell(frames);
end
sizes = cellfun(@(one) jsonencode(size(one)), arrays, 'UniformOutput', false);
opened = touchtrain.internal.python.askPython('predict_open', model, ...
    touchtrain.internal.options.optionsJson(pairs), ['[' strjoin(sizes, ',') ']'], pathsJson(paths));
isOpen = touchtrain.internal.values.Flag();
guard = onCleanup(@() abandon(opened.token, isOpen)); %#ok<NASGU>
for k = 1:numel(arrays)
    send(opened.token, k, arrays{k}, mostBytes);
end
answer = struct('done', false);
while ~answer.done
    answer = touchtrain.internal.python.askPython('predict_wait', opened.token);
end
isOpen.isSet = false;
prediction = asStruct(answer);
summary = cellstr(answer.summary);
end

function text = pathsJson(paths)
parts = cellfun(@jsonencode, cellstr(paths), 'UniformOutput', false);
if isempty(paths)
    parts = {};
end
text = ['[' strjoin(reshape(parts, 1, []), ',') ']'];
end

function send(token, number, frames, mostBytes)
% Send an array in chunks along its last dimension, along which it is contiguous in memory.
if islogical(frames)
    frames = 255 * uint8(frames);
end
info = whos('frames');
columns = size(frames, ndims(frames));
step = max(1, floor(mostBytes / max(1, info.bytes / max(1, columns))));
if step >= columns
    touchtrain.internal.python.askPython('predict_append', token, number, frames);
    return
end
frames = reshape(frames, [], columns);
for first = 1:step:columns
    touchtrain.internal.python.askPython('predict_append', token, number, ...
        frames(:, first:min(columns, first + step - 1)));
end
end

function prediction = asStruct(answer)
% The answer of Python with one row per frame.
n = numel(answer.labels);
names = reshape(cellstr(answer.class_names), 1, []);
prediction = struct('probabilities', single(reshape(answer.probabilities, n, numel(names))), ...
    'labels', reshape(answer.labels, n, 1), 'label_names', {reshape(names(answer.labels + 1), n, 1)}, ...
    'class_names', {names}, 'sources', reshape(answer.sources, n, 1), 'event_class', {answer.event_class}, ...
    'threshold', {answer.threshold}, 'min_duration', answer.min_duration, ...
    'runtime', answer.runtime, 'precision', answer.precision, 'device', answer.device, 'said', answer.said, ...
    'warnings', {{}});
if ~isempty(answer.warnings)
    prediction.warnings = reshape(cellstr(answer.warnings), 1, []);
end
end

function abandon(token, isOpen)
% After an error or Ctrl+C, end the process that computes.
for attempt = 1:2 % Ctrl+C can interrupt the loading of a function, so that the next call does not find it
    if isOpen.isSet
        try
            touchtrain.internal.python.askPython('predict_abort', token);
            isOpen.isSet = false;
        catch
        end
    end
end
end
