function report = convertVideos(videos, labels, dataset, varargin)
% CONVERTVIDEOS  Write videos and their labels as a dataset to train on.
%
%   touchtrain.convertVideos(VIDEOS, LABELS, DATASET) writes the folder DATASET and prints what is in it. First it
%   prints which video is taken with which labels.
%     VIDEOS   a folder (its videos in the order of dir), a video file, or a list of them (cellstr or string). mp4, avi,
%              mov, mkv and what else FFmpeg reads, TIFF stacks, folders of numbered images. Each becomes a recording of
%              grey frames, uint8.
%     LABELS   one label a frame of each video: a file (.mat, .csv, .npy), or what such a file holds:
%                - a cell with one vector a video, or one vector for one video. A vector is a row or column of numbers,
%                  logical, or names of classes (cellstr, string, categorical);
%                - a struct array or table with one element or row a video: its name (video) and its labels, and further
%                  fields of text as tags, such as camera or animal;
%                - a table or CSV file with the columns video, frame (counted from 1) and label, a row a frame;
%                - a contact array: a cell with one struct a trial, its touches in contactInds, its number in trialNum.
%              -1 or NaN leaves a frame out. Videos and labels are paired by name, by trial number, or in order.
%     DATASET  folder to write (char or string). A dataset that is there already is replaced once the new one is
%              complete, and stays if something goes wrong. A conversion that was broken off goes on where it was.
%
%   REPORT = touchtrain.convertVideos(...) returns a struct instead: path, class_names, image_shape, frames, counts a
%   class, label_mapping (what was read as which class), recordings, pairs (which video with which labels), pairing (how
%   they were paired), left_out_why (frames by reason), warnings.
%
%   ... = touchtrain.convertVideos(..., 'Name', value, ...) sets options (touchtrain.options prints them all):
%     'ClassNames'     names of the classes, default {'NonTouch', 'Touch'}. Of labels 0 and 1, 1 is Touch, wherever
%                      Touch stands. Without a class Touch numbers count from 0, in the order of ClassNames.
%     'LabelValues'    what stands in LABELS for each class, in the order of ClassNames, e.g. [1 2].
%     'LabelVariable'  which variable of the file holds the labels; needed only where several could.
%     'Check'          true: nothing is written; it is told what would come of it, and all that is wrong.
%     'Pairing'        'auto' (default), 'name', 'order', or 'trial-number': the last number in the name of a video, or
%                      what the regular expression 'TrialPattern' finds there.
%     'OnUnpaired'     'error' (default), or 'skip': videos without labels, and labels without a video, are left out.
%     'FrameOffset'    number that is added to the frame of each label, default 0.
%     'Tags'           CSV file with a column video and a column a tag, such as camera or animal.
%     'Roi'            side, or [height width], in pixels of the region that is cut out of each frame. Default: 61 where
%                      there are Centers, else the whole frame.
%     'Centers'        centre [x y] of that region in pixels, 1 being the first column and row: one for all, Tx2 with
%                      one a frame, a cell with one of these a video, or a file with such (.mat, .npy, .bar). A frame
%                      with NaN is left out. Default: the middle of the frame.
%     'Template'       image of the object that the region is around: it is looked for in each video.
%     'OutOfFrame'     what becomes of a region that sticks out of the frame: 'shift' (default) inside, 'pad' with
%                      black, 'skip' the frame, or 'error'.
%     'ImageSize'      side, or [height width], to resize what was cut out to.
%     'Contrast'       'none' (default), 'stretch' as imadjust does, or 'equalize' as histeq does.
%     'Grey'           'full-range' (default) brings the grey of a video to 0 to 255, 'raw-y' takes it as it is stored.
%     'FrameSpan'      [first last] frame that is taken of each video, counted from 1.
%     'NegativeWindow' frames of the first class are taken only so many frames around the others, e.g. 20, and of those
%                      farther away the share 'NegativeShare', default 0.
%     'FrameValues'    one number a frame, such as the distance to the pole (given as Centers are); frames are left out
%                      where it is more than 'ExcludeAbove' or less than 'ExcludeBelow'.
%     'OnDamage'       'error' (default), or 'skip': damaged frames are left out and counted.
%     'Workers'        how many processes share the work.
%     'Verbose'        whether it is shown how far it is, default true.
%
%   The work is done in a Python process of its own. Ctrl-C gives the prompt back and lets it go on.
%
%   Example
%     labels = {zeros(1, 600), [zeros(1, 300) ones(1, 300)]};
%     touchtrain.convertVideos({'a.mp4', 'b.mp4'}, labels, 'set', 'Centers', [160 120]);
%
%   See also touchtrain.convertFolders, touchtrain.convertArrays, touchtrain.train, touchtrain.inspect
touchtrain.internal.options.needInputs(nargin, 3, ...
    'touchtrain.convertVideos(videos, labels, dataset, ''Name'', value, ...)');
pairs = touchtrain.internal.options.centersOption(touchtrain.internal.options.nameValues(varargin));
isSaved = false;
videos = touchtrain.internal.values.absolutePaths(videos, 'videos', ...
    'a folder, a video file, or a list of video files (cellstr or string)');
if touchtrain.internal.values.isText(labels)
    labels = touchtrain.internal.values.absolutePath(labels, 'labels');
elseif isstruct(labels) || isa(labels, 'table') || iscell(labels) && any(cellfun(@isstruct, labels(:)))
    isSaved = true;
    labels = savedLabels(labels);
else
    labels = touchtrain.internal.data.labelsForPython(labels, 0);
end
try
    result = touchtrain.internal.data.convertFiles('convertVideos', videos, labels, dataset, pairs);
catch err % not after Ctrl-C: then the conversion goes on, and reads the file
    if isSaved
        removeSaved(labels);
    end
    rethrow(err);
end
if isSaved
    removeSaved(labels);
end
if nargout == 0
    touchtrain.internal.data.printDataset(result);
else
    report = result;
end
end

function file = savedLabels(labels) %#ok<INUSD>
% The path of a temporary file with what is no vector and no cell of vectors, for the job to read.
folder = tempname();
mkdir(folder);
file = fullfile(folder, 'labels.mat');
save(file, 'labels', '-v7');
end

function removeSaved(file)
delete(file);
rmdir(fileparts(file));
end
