function fig = showMistakes(report, varargin)
% SHOWMISTAKES  Draw the frames on which a model was surest of a wrong class.
%
%   touchtrain.showMistakes(REPORT) draws a sheet of them into a new figure, worst first. REPORT is the struct that
%   touchtrain.train returns, or the folder NAME.report beside the model (char or string). Over each frame stand its
%   recording and number (from 1), below it the class that people gave it -> the class that the model gives it.
%   touchtrain.showMistakes(REPORT, 'Most', 12) draws at most so many; without it 24.
%   touchtrain.showMistakes(REPORT, 'File', FILE) saves the sheet as a PNG picture (.png is added where it is missing)
%   and shows no figure; it works without a display too.
%   FIG = touchtrain.showMistakes(...) returns the figure; with 'File', or without a display, it stays open, unseen,
%   until it is closed.
%
%   Example
%     [history, modelPath, report] = touchtrain.train('set', 'model.h5');
%     touchtrain.showMistakes(report, 'Most', 12);
%
%   See also touchtrain.train, touchtrain.plotHistory
touchtrain.internal.options.needInputs(nargin, 1, 'touchtrain.showMistakes(report, ''Most'', 24)');
given = touchtrain.internal.options.ownOptions(varargin, struct('Most', 24, 'File', ''));
if ~isnumeric(given.Most) || numel(given.Most) ~= 1 || ~(given.Most >= 1)
    error('TouchTrain:BadOption', 'Most must be a number of frames of at least 1.');
end
[mistakes, frames] = mistakesOf(report);
if isempty(mistakes)
    fprintf('There are no mistakes to show: on the frames held out, all is right.\n');
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
fig = touchtrain.internal.figures.newFigure(visible, [1.6 * columns, 2 * rows]);
try
    for k = 1:count
        place = [mod(k - 1, columns) / columns, 1 - ceil(k / columns) / rows];
        ax = axes('Parent', fig, 'Position', [place + [0.06 / columns, 0.19 / rows], 0.88 / columns, 0.69 / rows]);
        drawFrame(ax, frames(:, :, :, k), mistakes(k));
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
% The records of the mistakes, and their frames, worst first on all sides together.
if touchtrain.internal.values.isText(report)
    folder = touchtrain.internal.values.absolutePath(report, 'report');
    file = fullfile(folder, 'report.json');
    if ~isfile(file)
        error('TouchTrain:PathMissing', '%s is no report: there is no report.json in it.', folder);
    end
    report = touchtrain.internal.python.fromJson(fileread(file));
    report.report_folder = folder;
elseif ~isstruct(report) || numel(report) ~= 1 || ~isfield(report, 'mistakes')
    error('TouchTrain:BadOption', ...
        'report must be the struct that touchtrain.train returns, or the folder of a report.');
end
mistakes = report.mistakes;
frames = [];
if isempty(mistakes)
    return
end
if ~isfield(report, 'report_folder') || isempty(report.report_folder)
    error('TouchTrain:PathMissing', ...
        'This training wrote no report, and the frames are in it. Train with ''Report'' true.');
end
frames = touchtrain.internal.data.readFrames(fullfile(report.report_folder, 'mistakes.npy'));
if size(frames, 4) ~= numel(mistakes)
    error('TouchTrain:BadFrames', ['The report in %s is of another training: it has %d mistakes, and the struct ' ...
        '%d. Name its folder instead of the struct.'], report.report_folder, size(frames, 4), numel(mistakes));
end
[~, order] = sort([mistakes.probability]);
mistakes = mistakes(order);
frames = frames(:, :, :, order);
end

function drawFrame(ax, frame, mistake)
% One frame with its two lines of text.
if size(frame, 3) == 3
    image(frame, 'Parent', ax);
else
    imagesc(frame(:, :, 1), 'Parent', ax);
    set(ax, 'CLim', [0 255]);
end
axis(ax, 'image');
set(ax, 'XTick', [], 'YTick', []);
place = shortened(mistake.recording);
if ~isempty(mistake.frame) && ~isnan(mistake.frame)
    place = sprintf('%s, %d', place, mistake.frame + 1);
end
% No TeX, since names have underscores; and one line each, since gnuplot takes no second one then.
title(ax, harmless(place), 'Interpreter', 'none', 'FontSize', 7, 'FontWeight', 'normal');
classes = sprintf('%s -> %s', mistake.label, mistake.predicted);
xlabel(ax, harmless(classes), 'Interpreter', 'none', 'FontSize', 7);
end

function text = shortened(text)
% The end of a long name tells more than its beginning.
most = 18;
if numel(text) > most
    text = text(end - most + 3:end);
    if touchtrain.internal.values.isOctave()
        text = regexprep(text, '^[\x80-\xBF]+', ''); % the rest of a letter of several bytes
    end
    text = ['..' text];
end
end

function text = harmless(text)
% Octave hands a text to gnuplot between double quotes, and does not guard what would end it there, or run commands.
if touchtrain.internal.values.isOctave()
    text = regexprep(text, '["`\\\x00-\x1F]', '''');
end
end
