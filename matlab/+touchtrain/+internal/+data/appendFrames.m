function appendFrames(token, number, frames, order, mostBytes)
% APPENDFRAMES  Send one array of frames to an open conversion, in chunks along the frame dimension.
%
%   APPENDFRAMES(TOKEN, NUMBER, FRAMES, ORDER, MOSTBYTES): NUMBER is the index of the array (from 1), ORDER is 'HWN',
%   'HWCN', 'NHW' or 'NHWC'. A chunk has at most MOSTBYTES bytes, or one frame if a frame is larger.
axis = find(order == 'N');
n = size(frames, axis);
info = whos('frames');
step = max(1, floor(mostBytes / (info.bytes / n)));
for first = 1:step:n
    places = first:min(n, first + step - 1);
    if numel(places) == n
        chunk = frames;
    elseif axis == 1
        chunk = frames(places, :, :, :);
    elseif axis == 3
        chunk = frames(:, :, places);
    else
        chunk = frames(:, :, :, places);
    end
    if islogical(chunk)
        chunk = 255 * uint8(chunk);
    end
    touchtrain.internal.python.askPython('convert_arrays_append', token, number, chunk);
end
end
