function fig = plotHistory(history, varargin)
% PLOTHISTORY  Draw the curves of loss and accuracy of a training.
%
%   touchtrain.plotHistory(HISTORY) draws into a new figure. HISTORY is the struct of row vectors that
%   touchtrain.train returns: loss, accuracy, val_loss, val_accuracy; curves that are missing are left out.
%   touchtrain.plotHistory(HISTORY, 'File', FILE) saves the curves as a PNG picture (char or string; .png is added
%   where it is missing) and shows no figure; it works without a display too.
%   FIG = touchtrain.plotHistory(...) returns the figure; with 'File' it stays open, unseen, until it is closed.
%
%   Example
%     history = touchtrain.train('set', 'model.h5', 'MaxEpochs', 20);
%     touchtrain.plotHistory(history, 'File', 'history.png');
%
%   See also touchtrain.train
narginchk(1, Inf);
[file, rest] = touchtrain.internal.takeOption(touchtrain.internal.nameValues(varargin), 'File', '');
touchtrain.internal.refuseOptions(rest, {'File'});
if ~isstruct(history) || numel(history) ~= 1 || ~any(isfield(history, {'loss', 'accuracy'}))
    error('TouchTrain:BadOption', 'history must be the struct of curves that touchtrain.train returns.');
end
toFile = ~isempty(file);
if toFile
    file = touchtrain.internal.absolutePath(file, 'File');
    [folder, name, suffix] = fileparts(file);
    if ~strcmpi(suffix, '.png')
        file = fullfile(folder, [name suffix '.png']);
    end
    if ~isfolder(folder)
        error('TouchTrain:PathMissing', 'The folder %s does not exist, so %s cannot be written.', folder, file);
    end
end
shows = {'on', 'off'};
fig = touchtrain.internal.newFigure(shows{toFile + 1});
touchtrain.internal.drawHistory(fig, history);
if toFile
    touchtrain.internal.savePicture(fig, file);
end
if nargout == 0
    if toFile
        close(fig);
    end
    clear('fig');
end
end
