function record = previewAugmentation(dataset, picture, varargin)
% PREVIEWAUGMENTATION  Write a picture of frames as a training varies them.
%
%   touchtrain.previewAugmentation(DATASET, PICTURE) writes PICTURE (char or string; .png is added where it is missing):
%   a row a frame of the folder DATASET, first as it is, then as the training would see it.
%   RECORD = touchtrain.previewAugmentation(...) returns a struct with the field path, and prints nothing.
%
%   ... = touchtrain.previewAugmentation(..., 'Name', value, ...) sets options:
%     'Augment'   'none', 'legacy' (quarter turns, the default), 'standard', 'strong', or a cell of operations such as
%                 {'quarter-turns', 'noise=0.05'}, as touchtrain.train takes it.
%     'Examples'  how many frames, default 8.
%     'Variants'  how many variants of each, default 6.
%     'Seed'      the same seed gives the same picture.
%
%   Example
%     touchtrain.previewAugmentation('set', 'varied.png', 'Augment', 'strong');
%     imshow(imread('varied.png'));
%
%   See also touchtrain.train, touchtrain.options
touchtrain.internal.options.needInputs(nargin, 2, ...
    'touchtrain.previewAugmentation(dataset, picture, ''Name'', value, ...)');
pairs = touchtrain.internal.options.nameValues(varargin);
dataset = touchtrain.internal.values.absolutePath(dataset, 'dataset');
picture = touchtrain.internal.values.absolutePath(picture, ...
    'picture');
made = touchtrain.internal.python.askPython('do_job', 'previewAugmentation', dataset, picture, ...
    touchtrain.internal.options.optionsJson(pairs));
if nargout > 0
    record = made;
else
    fprintf('Written to %s\n', made.path);
end
end
