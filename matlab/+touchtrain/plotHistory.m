function fig = plotHistory(history, varargin)
% PLOTHISTORY  Draw the curves of loss and accuracy of a training.
%
%   touchtrain.plotHistory(HISTORY) draws into a new figure. HISTORY is the struct of row vectors that
%   touchtrain.train returns: loss, accuracy, val_loss, val_accuracy; curves that are missing are left out.
%   touchtrain.plotHistory(HISTORY, 'File', FILE) saves the curves as a PNG picture (char or string; .png is added
%   where it is missing) and shows no figure; it works without a display too.
%   FIG = touchtrain.plotHistory(...) returns the figure; with 'File', or without a display, it stays open, unseen,
%   until it is closed.
%
%   Example
%     history = touchtrain.train('set', 'model.h5', 'MaxEpochs', 20);
%     touchtrain.plotHistory(history, 'File', 'history.png');
%
%   See also touchtrain.train
touchtrain.internal.options.needInputs(nargin, 1, 'touchtrain.plotHistory(history, ''File'', file)');
given = touchtrain.internal.options.ownOptions(varargin, struct('File', ''));
names = {'loss', 'val_loss', 'accuracy', 'val_accuracy'};
if ~isstruct(history) || numel(history) ~= 1 || ~any(isfield(history, names([1 3]))) || ...
        ~all(cellfun(@(name) ~isfield(history, name) || isnumeric(history.(name)), names))
    error('TouchTrain:BadOption', 'history must be the struct of curves that touchtrain.train returns.');
end
[file, visible] = touchtrain.internal.figures.pictureFile(given.File, nargout > 0, ...
    'touchtrain.plotHistory(history, ''File'', ''history.png'')');
fig = touchtrain.internal.figures.drawHistory(visible, history);
touchtrain.internal.figures.savePicture(fig, file, nargout > 0);
if nargout == 0
    clear('fig');
end
end
