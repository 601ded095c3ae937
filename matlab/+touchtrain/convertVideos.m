function report = convertVideos(videos, labels, dataset, varargin)
% CONVERTVIDEOS  Write videos and their labels as a dataset to train on.
%
%   touchtrain.convertVideos(VIDEOS, LABELS, DATASET) writes the folder DATASET and prints what is in it. First it
%   prints which video is taken with which labels.
%     VIDEOS   a folder (its videos in the order of dir), a video file, or a list of them (cellstr or string). mp4, avi,
%              mov, mkv and what else FFmpeg reads. Each becomes a recording of grey frames, uint8.
%     LABELS   one label a frame of each video: a file, or what such a file holds. A file is a .mat with a cell that has
%              one vector a video, or with one vector for one video, or a .npy with one vector. A vector is a row or
%              column of numbers, logical, or names of classes (cellstr, string, categorical); -1 or NaN leaves a frame
%              out. The videos and the vectors are paired in order.
%     DATASET  folder to write (char or string). A dataset that is there already is replaced once the new one is
%              complete, and stays if something goes wrong. A conversion that was broken off goes on where it was.
%
%   REPORT = touchtrain.convertVideos(...) returns a struct instead: path, class_names, image_shape, frames, counts a
%   class, label_mapping (what was read as which class), recordings, pairs (which video with which labels), warnings.
%
%   ... = touchtrain.convertVideos(..., 'Name', value, ...) sets options (touchtrain.options prints them all):
%     'ClassNames'     names of the classes, default {'NonTouch', 'Touch'}. Of labels 0 and 1, 1 is Touch, wherever
%                      Touch stands. Without a class Touch numbers count from 0, in the order of ClassNames.
%     'LabelValues'    what stands in LABELS for each class, in the order of ClassNames, e.g. [1 2].
%     'LabelVariable'  which variable of the file holds the labels; needed only where several could.
%     'Roi'            side, or [height width], in pixels of the region that is cut out of each frame. Default: 61 where
%                      there are Centers, else the whole frame.
%     'Centers'        centre [x y] of that region in pixels, 1 being the first column and row: one for all, Tx2 with
%                      one a frame, a cell with one of these a video, or a file with such. A frame with NaN is left
%                      out. A region that sticks out of the frame is shifted inside. Default: the middle of the frame.
%     'Grey'           'full-range' (default) brings the grey of a video to 0 to 255, 'raw-y' takes it as it is stored.
%     'Verbose'        whether it is shown how far it is, default true.
%
%   The work is done in a Python process of its own. Ctrl-C gives the prompt back and lets it go on.
%
%   Example
%     labels = {zeros(1, 600), [zeros(1, 300) ones(1, 300)]};
%     touchtrain.convertVideos({'a.mp4', 'b.mp4'}, labels, 'set', 'Centers', [160 120]);
%
%   See also touchtrain.convertFolders, touchtrain.convertArrays, touchtrain.train, touchtrain.inspect
touchtrain.internal.needInputs(nargin, 3, 'touchtrain.convertVideos(videos, labels, dataset, ''Name'', value, ...)');
pairs = touchtrain.internal.centersOption(touchtrain.internal.nameValues(varargin));
if ~touchtrain.internal.isText(videos) && ~touchtrain.internal.isNames(videos)
    error('TouchTrain:BadOption', ...
        'videos must be a folder, a video file, or a list of video files (cellstr or string). It is a %s.', ...
        class(videos));
elseif touchtrain.internal.isText(videos)
    videos = touchtrain.internal.absolutePath(videos, 'videos');
else
    videos = cellfun(@(one) touchtrain.internal.absolutePath(one, 'videos'), ...
        touchtrain.internal.toNames(videos), 'UniformOutput', false);
end
if touchtrain.internal.isText(labels)
    labels = touchtrain.internal.absolutePath(labels, 'labels');
else
    labels = touchtrain.internal.labelsForPython(labels, 0);
end
result = touchtrain.internal.convertFiles('convertVideos', videos, labels, dataset, pairs);
if nargout == 0
    touchtrain.internal.printDataset(result);
else
    report = result;
end
end
