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
touchtrain.internal.needInputs(nargin, 1, 'touchtrain.plotHistory(history, ''File'', file)');
given = touchtrain.internal.ownOptions(varargin, struct('File', ''));
names = {'loss', 'val_loss', 'accuracy', 'val_accuracy'};
if ~isstruct(history) || numel(history) ~= 1 || ~any(isfield(history, names([1 3]))) || ...
        ~all(cellfun(@(name) ~isfield(history, name) || isnumeric(history.(name)), names))
    error('TouchTrain:BadOption', 'history must be the struct of curves that touchtrain.train returns.');
end
toFile = ~isempty(given.File);
isShown = ~toFile && touchtrain.internal.hasDisplay();
if toFile
    file = touchtrain.internal.absolutePath(given.File, 'File');
    [folder, name, suffix] = fileparts(file);
    if ~strcmpi(suffix, '.png')
        file = fullfile(folder, [name suffix '.png']);
    end
    if ~isfolder(folder)
        error('TouchTrain:PathMissing', 'The folder %s does not exist, so %s cannot be written.', folder, file);
    end
elseif ~isShown && nargout == 0
    error('TouchTrain:NoGraphics', ['There is no display to show the curves on. Save them: ' ...
        'touchtrain.plotHistory(history, ''File'', ''history.png'').']);
end
shows = {'off', 'on'};
fig = touchtrain.internal.drawHistory(shows{isShown + 1}, history);
if toFile
    savePicture(fig, file);
end
if nargout == 0
    if toFile
        close(fig);
    end
    clear('fig');
end
end

function savePicture(fig, file)
% Save a figure as a PNG file of 1000 by 420 pixels.
if touchtrain.internal.isOctave() && strcmp(get(fig, '__graphics_toolkit__'), 'gnuplot')
    % By print, Octave would need Ghostscript for it.
    figure(fig);
    set(fig, 'Visible', 'off');
    drawnow('pngcairo size 1000,420', file);
else
    print(fig, file, '-dpng', '-r100');
end
if ~isfile(file)
    error('TouchTrain:NotWritable', '%s cannot be written.', file);
end
end
