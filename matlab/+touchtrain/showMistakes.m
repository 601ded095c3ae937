function fig = showMistakes(report, varargin)
% SHOWMISTAKES  Show the frames that a model misclassified with the highest confidence.
%
%   touchtrain.showMistakes(REPORT) shows up to 24 of these frames in a new figure, worst first. REPORT is the struct
%   that touchtrain.train returns, or the folder NAME.report beside the model (char or string). The title of each frame
%   is its recording and frame number (from 1), or its image file, the text below it the labelled class -> the predicted
%   class.
%   touchtrain.showMistakes(REPORT, 'Most', 12) shows at most 12 frames.
%   touchtrain.showMistakes(REPORT, 'File', FILE) saves the picture as a PNG file (.png is added if missing) and shows
%   no figure. It needs no display.
%   FIG = touchtrain.showMistakes(...) returns the figure. With 'File', or without a display, the figure is invisible
%   and stays open until you close it.
%
%   Example
%     [history, modelPath, report] = touchtrain.train('set', 'model.h5');
%     touchtrain.showMistakes(report, 'Most', 12);
%
%   See also touchtrain.train, touchtrain.plotHistory
touchtrain.internal.options.requireInputs(nargin, 1, 'touchtrain.showMistakes(report, ''Most'', 24)');
given = touchtrain.internal.options.ownOptions(varargin, struct('Most', 24, 'File', ''));
if ~isnumeric(given.Most) || numel(given.Most) ~= 1 || ~(given.Most >= 1)
    error('TouchTrain:BadOption', 'Most must be a number of frames, 1 or more.');
end
[mistakes, frames] = mistakesOf(report);
if isempty(mistakes)
    fprintf('No mistakes to show: all held-out frames are classified correctly.\n');
    fig = [];
    if nargout == 0
        clear('fig');
    end
    return
end
[file, visible] = touchtrain.internal.figures.pictureFile(given.File, nargout > 0, ...
    'touchtrain.showMistakes(report, ''File'', ''mistakes.png'')');
count = min(floor(given.Most), numel(mistakes));
columns = min(count, max(3, ceil(sqrt(1.6 * count))));
rows = ceil(count / columns);
fig = touchtrain.internal.figures.newFigure(visible, [1.6 * columns, 2.2 * rows]);
pixels = get(fig, 'Position'); % on a small screen it is narrower than wanted
letters = 24;
if isempty(file)
    letters = max(6, min(letters, floor(pixels(3) / columns / 6)));
end
try
    for k = 1:count
        place = [mod(k - 1, columns) / columns, 1 - ceil(k / columns) / rows];
        ax = axes('Parent', fig, 'Position', [place + [0.06 / columns, 0.19 / rows], 0.88 / columns, 0.63 / rows]);
        drawFrame(ax, frames(:, :, :, k), mistakes(k), letters);
    end
    set(fig, 'Colormap', gray(256));
catch err
    close(fig);
    rethrow(err);
end
touchtrain.internal.figures.savePicture(fig, file, nargout > 0);
if nargout == 0
    clear('fig');
end
end

function [mistakes, frames] = mistakesOf(report)
% Records of the mistakes and their frames, worst first, whatever their side of the split.
if touchtrain.internal.values.isText(report)
    folder = touchtrain.internal.values.absolutePath(report, 'report');
    file = fullfile(folder, 'report.json');
    if ~isfile(file)
        error('TouchTrain:PathMissing', '%s is not a report folder: it has no report.json.', folder);
    end
    report = touchtrain.internal.python.fromJson(fileread(file));
    report.report_folder = folder;
    report.first_frame = 0; % as in every file that Python writes
elseif ~isstruct(report) || numel(report) ~= 1 || ~isfield(report, 'mistakes')
    error('TouchTrain:BadOption', ...
        'report must be the struct that touchtrain.train returns, or a report folder.');
end
mistakes = report.mistakes;
frames = [];
if isempty(mistakes)
    return
end
if ~isfield(report, 'report_folder') || isempty(report.report_folder)
    error('TouchTrain:PathMissing', ...
        'This training wrote no report folder, which holds the frames. Train with ''Report'' true.');
end
frames = touchtrain.internal.data.readFrames(fullfile(report.report_folder, 'mistakes.npy'));
if size(frames, 4) ~= numel(mistakes)
    error('TouchTrain:BadFrames', ['The report in %s belongs to another training: it has %d mistakes, the struct ' ...
        'has %d. Pass the folder instead of the struct.'], report.report_folder, size(frames, 4), numel(mistakes));
end
if ~isfield(report, 'first_frame') || report.first_frame == 0
    for k = 1:numel(mistakes)
        mistakes(k).frame = mistakes(k).frame + 1;
    end
end
[~, order] = sort([mistakes.probability]);
mistakes = mistakes(order);
frames = frames(:, :, :, order);
end

function drawFrame(ax, frame, mistake, letters)
% Draw one frame with its title and the text below it.
if size(frame, 3) == 3
    image(frame, 'Parent', ax);
else
    imagesc(frame(:, :, 1), 'Parent', ax);
    set(ax, 'CLim', [0 255]);
end
axis(ax, 'image');
set(ax, 'XTick', [], 'YTick', []);
place = mistake.recording;
number = '';
if isfield(mistake, 'file') && ~isempty(mistake.file)
    place = mistake.file;
elseif ~isempty(mistake.frame) && ~isnan(mistake.frame)
    number = sprintf(', %d', mistake.frame);
end
place = [shortened(place, letters - numel(number)) number];
% No TeX, because names contain underscores; one line each, because gnuplot then supports no second line.
title(ax, gnuplotSafe(place), 'Interpreter', 'none', 'FontSize', 7, 'FontWeight', 'normal');
half = floor((letters - 4) / 2);
classes = sprintf('%s -> %s', shortened(mistake.label, half), shortened(mistake.predicted, half));
xlabel(ax, gnuplotSafe(classes), 'Interpreter', 'none', 'FontSize', 7);
end

function text = shortened(text, most)
% The end of a long name identifies it better than its beginning.
if numel(text) > most
    text = text(end - most + 3:end);
    if touchtrain.internal.values.isOctave()
        text = regexprep(text, '^[\x80-\xBF]+', ''); % rest of a multibyte character
    end
    text = ['..' text];
end
end

function text = gnuplotSafe(text)
% Octave passes text to gnuplot in double quotes, without escaping characters that end the text or run commands.
if touchtrain.internal.values.isOctave()
    text = regexprep(text, '["`\\\x00-\x1F]', '''');
end
end
