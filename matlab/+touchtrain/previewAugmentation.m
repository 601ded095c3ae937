function record = previewAugmentation(dataset, picture, varargin)
% PREVIEWAUGMENTATION  Save a picture of frames before and after augmentation.
%
%   touchtrain.previewAugmentation(DATASET, PICTURE) writes PICTURE (char or string; .png is added if missing). Each row
%   shows one frame of the folder DATASET, first unchanged, then as the network would see it during training.
%   RECORD = touchtrain.previewAugmentation(...) prints nothing and returns a struct with the field path.
%
%   ... = touchtrain.previewAugmentation(..., 'Name', value, ...) sets options:
%     'Augment'   'none', 'legacy' (quarter turns, the default), 'standard', 'strong', or a cell array of operations
%                 such as {'quarter-turns', 'noise=0.05'}, as in touchtrain.train.
%     'Examples'  number of frames, default 8.
%     'Variants'  number of variants of each frame, default 6.
%     'Seed'      the same seed gives the same picture.
%     'Verbose'   true (default) to print where the picture is.
%
%   Example
%     touchtrain.previewAugmentation('set', 'varied.png', 'Augment', 'strong');
%     imshow(imread('varied.png'));
%
%   See also touchtrain.train, touchtrain.options
touchtrain.internal.options.requireInputs(nargin, 2, ...
    'touchtrain.previewAugmentation(dataset, picture, ''Name'', value, ...)');
pairs = touchtrain.internal.options.nameValues(varargin, 'previewAugmentation');
dataset = touchtrain.internal.values.absolutePath(dataset, 'dataset');
picture = touchtrain.internal.values.absolutePath(picture, 'picture');
made = touchtrain.internal.python.askPython('do_job', 'previewAugmentation', dataset, picture, ...
    touchtrain.internal.options.optionsJson(pairs));
if nargout > 0
    record = made;
elseif touchtrain.internal.options.isOn(pairs, 'Verbose', true)
    touchtrain.internal.values.show('Written to %s\n', made.path);
end
end
