function prediction = predict(model, frames, varargin)
% PREDICT  Classify frames in the workspace with a trained model.
%
%   touchtrain.predict(MODEL, FRAMES) prints how many frames are of each class. The frames must be cut out as in the
%   training; touchtrain.curate cuts them out of videos.
%     MODEL    model file (char or string): an .h5 or .keras file that knows its frames, as trainings write it.
%     FRAMES   array of frames: HxWxN, HxWxCxN, NxHxW or NxHxWxC (H rows, W columns, C = 1 or 3 channels, N frames), or
%              a single frame, in the size that MODEL takes; or a cell array with one such array per sequence of frames.
%              A cell array of single frames is one sequence. uint8, uint16, logical, single or double; single and
%              double need the option PixelRange. FRAMES can also be the path of a file (.mat, .npy, .npz, .h5, image)
%              or of a folder of images, or a cell array of paths.
%
%   PREDICTION = touchtrain.predict(...) prints nothing and returns a struct with one row per frame; the frames of
%   several arrays follow each other:
%     probabilities  N-by-classes single, 0 to 1, columns in the order of class_names.
%     labels         N-by-1 double, the class of each frame: its place in class_names, counted from 0, so that
%                    class_names{labels(k) + 1} is the class of frame k.
%     label_names    N-by-1 cell array, the same by name.
%     class_names    1-by-classes cell array.
%     sources        N-by-1 double, the array or file that each frame comes from, counted from 1.
%     event_class, threshold, min_duration
%                    a frame is of event_class, such as Touch, where its probability is at least the threshold; runs
%                    of less than min_duration frames are dropped. With more than two classes event_class and threshold
%                    are [], and each frame is of its likeliest class.
%     runtime, precision, device
%                    what computed, such as 'keras', 'mixed_bfloat16' and 'cpu'.
%     said           char: which runtime 'auto' took and why, with the frames per second of each that was timed; '' if
%                    one was named.
%     warnings       cell array of texts.
%
%   ... = touchtrain.predict(..., 'Name', value, ...) sets options (touchtrain.options('predict') lists all):
%     'Threshold'    probability at and above which a frame is a touch. Default: the model's own.
%     'MinDuration'  shortest touch in frames. Default: the model's own.
%     'Sequence'     true (default) if neighbouring frames follow each other in time. With false, touches have no
%                    minimum duration.
%     'FrameOrder'   'auto' (default: the order in which the frames have the size of the model), 'HWN', 'HWCN', 'NHW' or
%                    'NHWC'.
%     'PixelRange'   values of black and white, e.g. [0 1]; for 12-bit cameras in uint16, [0 4095].
%     'Contrast'     'none', 'stretch' or 'equalize'. Default: as in the training.
%     'Runtime'      'keras' (default), 'openvino', 'onnxruntime', or 'auto': the first call with 1,000 frames or more
%                    times those that are installed for a second each, and later calls keep the fastest. Until then,
%                    fewer frames take the one that is ready soonest.
%
%   The first call starts a Python process, which takes some seconds. It stays alive with the last models loaded, so
%   that later calls are fast, until MATLAB ends or there is no call for half an hour. A model file that has changed is
%   loaded again. Ctrl+C ends the process, and the next call starts it again. To end it, for example to free the memory
%   of a GPU, call touchtrain.internal.python.endWarmProcess().
%
%   Single frames while an experiment runs: take 'Runtime', 'openvino' where its extra is installed. In Python, the call
%   takes about 1 ms with the network 'legacy' for a frame of 61 x 61; from MATLAB it takes longer by what passing the
%   frame takes.
%
%   Example
%     prediction = touchtrain.predict('model.h5', frames);
%     touches = frames(:, :, strcmp(prediction.label_names, 'Touch'));
%
%   See also touchtrain.train, touchtrain.convertArrays, touchtrain.inspect, touchtrain.options
touchtrain.internal.options.requireInputs(nargin, 2, 'touchtrain.predict(model, frames, ''Name'', value, ...)');
pairs = touchtrain.internal.options.nameValues(varargin, 'predict');
[found, summary] = touchtrain.internal.data.predictFrames( ...
    touchtrain.internal.values.absolutePath(model, 'model'), frames, pairs);
if nargout > 0
    prediction = found;
else
    touchtrain.internal.values.show('%s\n', summary{:});
end
end
