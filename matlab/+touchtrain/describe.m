function report = describe(model, output, varargin)
% DESCRIBE  Tell a model of an earlier version or of Keras what curation must know.
%
%   touchtrain.describe(MODEL, OUTPUT, 'Name', value, ...) writes the copy OUTPUT of the model file MODEL (.h5 or
%   .keras, char or string) and stores in it what MODEL does not say of its frames. The network of the copy is that of
%   MODEL, which is not changed; the copy is loaded again and must predict the same. touchtrain.curate and
%   touchtrain.predict then use OUTPUT. An existing copy is replaced, but no other file.
%
%   A model of Keras alone needs ClassNames, InputRange (unless its first layer scales the frames) and Roi, or
%   CenterKind 'none' for the whole frame. What is missing, or contradicts what MODEL itself says, is an error.
%     'ClassNames'     names of the classes in the order of the outputs, such as {'NonTouch', 'Touch'}. A single output
%                      (sigmoid) is the probability of the second.
%     'InputRange'     numbers that the network takes for black and white: [0 1] if frames were divided by 255, [0 255]
%                      if not.
%     'Roi'            side, or [height width], of the region that was cut out, in pixels.
%     'CenterKind'     what the region was centred on: 'none' (the middle of the frame; without Roi the whole frame),
%                      'fixed' (one point for all videos), 'video', 'frame' (one point a video or frame), 'bar' (a .bar
%                      file a video), 'template' (an object), 'unknown'. Default: as the other options say.
%     'Centers'        the point [x y], if it was one for all videos; the first pixel is 1.
%     'Template'       image file of the object that the region was centred on.
%     'ImageSize'      side, or [height width], to which the region was resized.
%     'OutOfFrame', 'Contrast', 'Grey', 'PixelRange'
%                      as in touchtrain.convertVideos.
%     'FrameSize'      [height width] of the whole frames of the training.
%     'ContextFrames'  number of frames that the network takes to classify one.
%     'Threshold'      probability at and above which a frame is a touch. Default: 0.5.
%     'MinDuration'    shortest touch in frames; shorter ones are dropped. Default: 1.
%     'FrameRate'      frames per second of the videos that MinDuration is meant for.
%     'Verbose'        true (default) to print what the copy says.
%
%   REPORT = touchtrain.describe(...) returns a struct: path, model, facts (what the copy says, as text by name), and
%   warnings.
%
%   Example
%     touchtrain.describe('old.h5', 'described.h5', 'ClassNames', {'NonTouch', 'Touch'}, 'InputRange', [0 1], ...
%         'Roi', 61, 'CenterKind', 'bar');
%     marks = touchtrain.curate('described.h5', 'videos', 'Centers', 'videos');
%
%   See also touchtrain.inspect, touchtrain.curate, touchtrain.predict, touchtrain.options
touchtrain.internal.options.requireInputs(nargin, 2, 'touchtrain.describe(model, output, ''Name'', value, ...)');
pairs = touchtrain.internal.options.nameValues(varargin, 'describe');
pairs = touchtrain.internal.options.centersOption(pairs);
model = touchtrain.internal.values.absolutePath(model, 'model');
output = touchtrain.internal.values.absolutePath(output, 'output');
made = touchtrain.internal.python.askPython('do_job', 'describe', model, output, ...
    touchtrain.internal.options.optionsJson(pairs));
if touchtrain.internal.options.isOn(pairs, 'Verbose', true)
    touchtrain.internal.values.show('Written to %s\n', made.path);
    names = fieldnames(made.facts);
    for k = 1:numel(names)
        touchtrain.internal.values.show('  %-15s %s\n', strrep(names{k}, '_', ' '), made.facts.(names{k}));
    end
    for k = 1:numel(made.warnings)
        touchtrain.internal.values.show('Warning: %s\n', made.warnings{k});
    end
end
if nargout > 0
    report = made;
end
end
