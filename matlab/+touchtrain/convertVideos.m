function report = convertVideos(videos, labels, dataset, varargin)
% CONVERTVIDEOS  Convert videos and their labels to a training dataset.
%
%   touchtrain.convertVideos(VIDEOS, LABELS, DATASET) writes the folder DATASET. It first prints which labels belong to
%   which video, and at the end a summary of the dataset.
%     VIDEOS   a folder (videos in the order of dir), a video file, or a list of video files (cellstr or string). mp4,
%              avi, mov, mkv, mj2, webm, h264 and other formats that FFmpeg reads, TIFF stacks, and folders of numbered
%              images. Each video becomes a recording of grey frames, uint8.
%     LABELS   one label per frame of each video: a file (.mat, .csv, .npy, .h5, .nwb), or a variable in one of these:
%                - a cell array with one vector per video, or one vector for one video. A vector is a row or column of
%                  numbers, logical values, or class names (cellstr, string, categorical);
%                - a struct array or table with one element or row per video: its name (video), its labels, and
%                  optional text fields that become tags, such as camera or animal;
%                - a table or CSV file with the columns video, frame (from 1) and label, one row per frame;
%                - a table, struct or CSV file with one row per bout: video, start_frame, end_frame and label, or
%                  start_s and stop_s in seconds; also tables of BORIS, labels of Audacity, label files of JAABA,
%                  HDF5 files of WhACC, intervals of NWB;
%                - a table, timetable or CSV file with one column of 0 and 1 per behaviour, named like the classes;
%                - a contact array: a cell array with one struct per trial, with the touches in contactInds and the
%                  trial number in trialNum.
%              -1, NaN, <missing>, <undefined> or '' leaves a frame out. Videos and labels are paired by name, by trial
%              number, or in order; if the videos of a folder have two usual orders (trial10 before or after trial2),
%              Pairing must name one.
%     DATASET  folder to write (char or string). An existing dataset is replaced only when the new one is complete. An
%              interrupted conversion resumes where it stopped.
%
%   REPORT = touchtrain.convertVideos(...) returns a struct instead of printing the summary: path, class_names,
%   image_shape, frames, counts per class, label_mapping (the class of each label value), label_table (class and frames
%   of each label), recordings, pairs (the labels of each video), pairing (how they were paired), left_out_why (frames
%   per reason), warnings.
%   A field whose own fields are names of yours has a list beside it, because a struct cannot hold every name:
%   counts_list(k).name and .value.
%
%   ... = touchtrain.convertVideos(..., 'Name', value, ...) sets options (touchtrain.options lists all):
%     'ClassNames'     class names, default {'NonTouch', 'Touch'}. Of the labels 0 and 1, 1 is Touch wherever Touch is
%                      in the list. If no class is called Touch, numbers count from 0 in the order of ClassNames, unless
%                      the classes are called by these numbers; numbers without a 0 need LabelValues.
%     'LabelValues'    value in LABELS for each class, in the order of ClassNames, e.g. [1 2]. 'none' stands for the
%                      frames in no bout, if several classes have no bout, e.g. {'none', 'lick', 'groom'}.
%     'LabelVariable'  variable of the file that holds the labels; needed only if several could.
%     'IncludeMachineLabels'   true: use labels that a model wrote (touchtrain.curate) and nobody changed, too. Without
%                      it they are the error TouchTrain:MachineLabels. Labels that a person changed are the person's.
%     'Check'          true: write nothing; report the expected result and all errors.
%     'Pairing'        'auto' (default), 'name', 'order' (a folder in the order of dir), 'natural' (in order, too, but
%                      trial2 before trial10), or 'trial-number': the last number in the video name, or the match of the
%                      regular expression 'TrialPattern'.
%     'OnUnpaired'     'error' (default), or 'skip': leave out videos without labels and labels without a video.
%     'FrameOffset'    number added to the frame number of each label, default 0.
%     'Tags'           CSV file with a column video and one column per tag, such as camera or animal.
%     'Roi'            side, or [height width], in pixels of the region cut out of each frame. Default: 61 if Centers is
%                      set, otherwise the whole frame.
%     'Centers'        centre [x y] of the region in pixels; the first column and row are 1. One for all, Tx2 with one
%                      row per frame, a cell array with one of these per video, or a file with such data (.mat, .npy,
%                      .bar). A frame with NaN is left out. Default: the middle of the frame.
%     'Template'       image of the object to centre the region on; it is located in each video.
%     'OutOfFrame'     if the region extends beyond the frame: 'shift' it inside (default), 'pad' with black, 'skip' the
%                      frame, or 'error'.
%     'ImageSize'      side, or [height width], to which the region is resized.
%     'Contrast'       'none' (default), 'stretch' as imadjust does, or 'equalize' as histeq does.
%     'Grey'           'full-range' (default) scales the grey values of a video to 0 to 255; 'raw-y' keeps the stored
%                      values.
%     'PixelRange'     values of black and white in videos, TIFF stacks and images with more than 8 bits, e.g. [0 4095]
%                      for a camera of 12 bits in files of 16. Default: all bits. Others are not changed by it.
%     'FrameSpan'      [first last] frame of each video to use, counted from 1.
%     'NegativeWindow' use frames of the first class only within this many frames of other classes, e.g. 20, and of the
%                      more distant ones the fraction 'NegativeShare', default 0.
%     'FrameValues'    one number per frame, such as the distance to the pole (same forms as Centers); frames above
%                      'ExcludeAbove' or below 'ExcludeBelow' are left out.
%     'OnDamage'       'error' (default), or 'skip': leave out damaged frames and count them.
%     'OnEmpty'        for frames that a file counts but that hold no picture, such as dropped frames of an AVI:
%                      'repeat' counts them, and each shows the picture before it; 'leave-out' does not count them.
%                      Default: as the labels count.
%     'Stream'         number of the video stream of files with several, such as two cameras. Default: the one that is
%                      marked as default.
%     'Workers'        number of parallel processes.
%     'Scheduler'      address of the scheduler of a dask cluster whose workers convert, e.g. 'tcp://lab-server:8786'.
%                      They must see the videos and the dataset under the same paths as this computer.
%     'Verbose'        true (default) to show progress.
%
%   The conversion runs in a separate Python process. Ctrl+C returns to the prompt, and the conversion continues.
%
%   Example
%     labels = {zeros(1, 600), [zeros(1, 300) ones(1, 300)]};
%     touchtrain.convertVideos({'a.mp4', 'b.mp4'}, labels, 'set', 'Centers', [160 120]);
%
%   See also touchtrain.convertFolders, touchtrain.convertArrays, touchtrain.train, touchtrain.inspect
touchtrain.internal.options.requireInputs(nargin, 3, ...
    'touchtrain.convertVideos(videos, labels, dataset, ''Name'', value, ...)');
pairs = touchtrain.internal.options.nameValues(varargin, 'convertVideos');
pairs = touchtrain.internal.options.centersOption(pairs);
videos = touchtrain.internal.values.absolutePaths(videos, 'videos', ...
    'a folder, a video file, or a list of video files (cellstr or string)');
[labels, remover] = touchtrain.internal.data.labelsForJob(labels, 'labels'); %#ok<ASGLU>
result = touchtrain.internal.data.convertFiles('convertVideos', videos, labels, dataset, pairs);
if nargout == 0
    touchtrain.internal.data.printDataset(result);
else
    report = result;
end
end
