function fig = plotHistory(history, varargin)
% PLOTHISTORY  Plot the loss and accuracy curves of a training.
%
%   touchtrain.plotHistory(HISTORY) plots into a new figure. HISTORY is the struct of row vectors that touchtrain.train
%   returns: loss, accuracy, val_loss, val_accuracy. Missing curves are left out.
%   touchtrain.plotHistory(HISTORY, 'File', FILE) saves the plot as a PNG file (char or string; .png is added if
%   missing) and shows no figure. It needs no display.
%   FIG = touchtrain.plotHistory(...) returns the figure. With 'File', or without a display, the figure is invisible and
%   stays open until you close it.
%
%   Example
%     history = touchtrain.train('set', 'model.h5', 'MaxEpochs', 20);
%     touchtrain.plotHistory(history, 'File', 'history.png');
%
%   See also touchtrain.train
touchtrain.internal.options.requireInputs(nargin, 1, 'touchtrain.plotHistory(history, ''File'', file)');
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
