function at = previewRegion(videos, varargin)
% PREVIEWREGION  Show where the ROI lies in videos, and return the pixel that is clicked.
%
%   touchtrain.previewRegion(VIDEOS) shows a frame of each of up to six of the VIDEOS in a new figure, with a box around
%   the ROI. VIDEOS is a folder, a video file, or a list of video files (cellstr or string); they are only read. With an
%   object to search for ('Template', or that of the model), a chart below each frame shows how well the object is found
%   in the frames of the video. Without a display, the picture is saved as region.png in the current folder.
%   AT = touchtrain.previewRegion(...) waits for a click in the figure and returns [x y] of the clicked pixel of the
%   video, counted from 1, as the option 'Centers' takes it. AT is [] if no frame was clicked, or if there is no
%   display.
%
%   ... = touchtrain.previewRegion(..., 'Name', value, ...) sets options; touchtrain.options('previewRegion') lists all:
%     'Model'         model whose ROI is shown: what no other option says is as in its training. Default: no model, all
%                     as in touchtrain.convertVideos.
%     'Roi', 'Centers', 'Template', 'OutOfFrame', 'FrameSpan', 'FrameValues', 'ExcludeAbove', 'ExcludeBelow', 'Grey',
%     'PixelRange', 'Pairing'   as in touchtrain.convertVideos and touchtrain.curate.
%     'Frame'         number of the frame to show, from 1. Default: one in the middle of those that are looked at.
%     'Examples'      number of videos to show, default 6.
%     'File'          PNG file for the picture (.png is added if missing); then no figure is shown.
%     'Verbose'       true (default) to print warnings, and where the picture is.
%
%   Example
%     at = touchtrain.previewRegion('example/videos', 'Examples', 1);
%     touchtrain.previewRegion('example/videos', 'Centers', at, 'Roi', 61);
%
%   See also touchtrain.curate, touchtrain.convertVideos, touchtrain.options
touchtrain.internal.options.requireInputs(nargin, 1, 'touchtrain.previewRegion(videos, ''Name'', value, ...)');
[source, pairs, file] = inputsOf(videos, varargin);
isShown = isempty(file) && touchtrain.internal.figures.hasDisplay();
picture = file;
if isShown
    picture = [tempname() '.png'];
    remover = onCleanup(@() touchtrain.internal.values.removeFile(picture));
elseif isempty(file)
    picture = fullfile(pwd(), 'region.png');
end
record = touchtrain.internal.python.askPython('do_job', 'previewRegion', source, picture, ...
    touchtrain.internal.options.optionsJson(pairs));
isVerbose = touchtrain.internal.options.isOn(pairs, 'Verbose', true);
if isVerbose
    touchtrain.internal.jobs.printWarnings(record);
end
at = [];
if isShown
    pixels = imread(picture);
    clear('remover');
    fig = showPicture(pixels);
    if nargout > 0
        at = touchtrain.internal.curation.clickedPixel(record, clickIn(fig));
    end
elseif isVerbose
    touchtrain.internal.values.show('Written to %s\n', record.path);
end
if nargout == 0
    clear('at');
end
end

function [source, pairs, file] = inputsOf(videos, arguments)
% Videos as JSON, options with absolute paths, and the value of File, which Python does not get as an option.
source = jsonencode(touchtrain.internal.values.absolutePaths(videos, 'videos', ...
    'a folder, a video file, or a list of video files (cellstr or string)'));
pairs = touchtrain.internal.options.nameValues(arguments, 'previewRegion', {'File'});
pairs = touchtrain.internal.options.centersOption(pairs);
file = touchtrain.internal.options.optionalPath(touchtrain.internal.options.optionValue(pairs, 'File', ''), 'File');
isFile = strcmpi(pairs(1:2:end), 'File');
pairs(reshape([isFile; isFile], 1, [])) = [];
for k = find(strcmpi(pairs(1:2:end), 'Model'))
    pairs{2 * k} = touchtrain.internal.options.optionalPath(pairs{2 * k}, 'Model');
end
end

function fig = showPicture(pixels)
% Show a picture so that one of its pixels is one pixel of the screen, if it fits.
fig = touchtrain.internal.figures.newFigure('on', [size(pixels, 2), size(pixels, 1)] / 100);
ax = axes('Parent', fig, 'Position', [0 0 1 1]);
image(pixels, 'Parent', ax);
axis(ax, 'image');
set(ax, 'Visible', 'off');
end

function at = clickIn(fig)
% [x y] of a click in the picture; [] if the figure is closed instead.
figure(fig);
at = [];
try
    [x, y] = ginput(1);
    at = [x y];
catch err
    if ishghandle(fig)
        rethrow(err);
    end
end
end
