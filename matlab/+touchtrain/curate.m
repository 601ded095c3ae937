function [marks, session] = curate(model, videos, varargin)
% CURATE  Mark touches in videos with a trained model.
%
%   touchtrain.curate(MODEL, VIDEOS) marks each frame of VIDEOS with MODEL and writes the results to a folder. It shows
%   progress, and prints at the end what was marked, each video that could not be marked and why, warnings, and where
%   the results are. Videos are only read.
%     MODEL    an .h5 model of touchtrain.train (char or string). It knows how its frames were made: region, centre,
%              image size, contrast; new frames are made in the same way. touchtrain.describe tells that to a model of
%              an earlier version.
%     VIDEOS   a folder, a video file, or a list of video files (cellstr or string), as in touchtrain.convertVideos.
%
%   [MARKS, SESSION] = touchtrain.curate(...) returns
%     MARKS    struct array, one element per marked video: name, video (path), class_names, frame (column, from 1),
%              labels (column; 0 is the first class name, -1 a frame that could not be looked at), probabilities (one
%              row per frame, one column per class), reason (column; 0 if the network looked at the frame, otherwise
%              reason_names{reason + 1} says why not), reason_names, touches, decision, frame_rate, files (paths of the
%              results), origin (a text by which touchtrain.convertVideos knows labels of a model that nobody changed).
%              touches is a struct of columns: onset and offset (first and last frame), duration (frames),
%              duration_ms, label, class_name; struct2table makes a table of it.
%     SESSION  struct: path (folder of the results), videos, done, kept and failed (numbers of videos), failures (struct
%              array: name, video, why), frames, touches, decision, warnings, ...
%
%   A frame whose probability is at or above the threshold is a touch. A frame that cannot be a touch, because the pole
%   is away or a frame value excludes it, is NonTouch with probability 0 of Touch; a frame that could not be looked at
%   has the label -1 and probabilities NaN. A video that cannot be marked is a warning (TouchTrain:VideosFailed); the
%   others are marked.
%
%   ... = touchtrain.curate(..., 'Name', value, ...) sets options; touchtrain.options('curate') lists all. Without a
%   value, all is as in the training of the model:
%     'Output'        folder for the results: a new or empty one, or that of an earlier call. Default: beside the folder
%                     of the videos, with _curated after its name.
%     'Check'         true: mark nothing; print what would be done, with all errors and the time, and write a sheet with
%                     the region drawn on a frame of each video. MARKS is empty then, SESSION the report.
%     'Roi', 'Centers', 'Template', 'OutOfFrame', 'ImageSize', 'Contrast', 'Grey', 'PixelRange', 'FrameSpan',
%     'FrameValues', 'ExcludeAbove', 'ExcludeBelow', 'OnDamage', 'OnEmpty', 'Stream', 'Pairing', 'TrialPattern'
%                     where to look, as in touchtrain.convertVideos.
%     'NoCenter'      frames without a centre in a .bar file or a list of centres: 'NonTouch', because the pole is away,
%                     or 'leave-out'. Required where there are any.
%     'Threshold'     probability at and above which a frame is a touch.
%     'MinDuration'   shortest touch in frames; shorter ones are dropped.
%     'FrameRate'     frames per second of the camera, for durations in ms. Default: as in the files.
%     'Formats'       formats of the results: 'mat', 'csv', 'npy'; for other programs 'boris' (tabular events),
%                     'deepethogram' (a label file), 'whacc' (one HDF5 file, whacc.h5) and 'nwb' (intervals; it needs
%                     the Python package pynwb). Default: {'mat', 'csv'}.
%     'Labels'        labels of a person for some or all videos, to compare with: a file or a variable, in the forms of
%                     touchtrain.convertVideos. They are never changed; SESSION.comparison has what touchtrain.compare
%                     returns.
%     'ContactArray'  a contact array of the older lab tool, as a cell array or the path of a .mat file: a copy with the
%                     touches of the session is written beside the folder of the results, with _contacts.mat after its
%                     name; SESSION.contacts is the report of touchtrain.writeContacts. 'ContactClass',
%                     'OverwriteManual' and 'FrameMap' are as there. A file is written again by a second call and by
%                     touchtrain.redecide, as long as nobody changes it; with a cell array there must be none.
%     'Runtime'       'keras' (default), 'openvino' or 'onnxruntime', which must be installed; or 'auto', which times
%                     those that are installed for a second each on the first frames, and takes the fastest. A session
%                     that is resumed with 'auto' keeps its runtime. SESSION.timings has the figures.
%     'MiniBatchSize', 'ExecutionEnvironment', 'Precision', 'Backend'   how to compute; only Keras has backends
%     'Scheduler'     address of the scheduler of a dask cluster whose workers mark, e.g. 'tcp://lab-server:8786'. They
%                     must see videos, model and results under the same paths as this computer.
%     'Verbose'       true (default) to show progress and print the summary.
%
%   The curation runs in a separate Python process. Ctrl+C returns to the prompt, and it continues; the commands to
%   stop it, cancel it and attach to it are printed. A second call with the same inputs resumes an interrupted
%   curation: a video that is marked is not marked again, unless it, the model or an option has changed.
%
%   Example
%     marks = touchtrain.curate('model.h5', 'example/videos', 'Output', 'marked');
%     plot(marks(1).frame, marks(1).probabilities(:, 2));
%     disp(marks(1).touches.onset');
%
%   See also touchtrain.curateInBackground, touchtrain.previewRegion, touchtrain.redecide, touchtrain.compare,
%   touchtrain.writeContacts, touchtrain.predict, touchtrain.describe, touchtrain.train, touchtrain.resume,
%   touchtrain.options
touchtrain.internal.options.requireInputs(nargin, 2, 'touchtrain.curate(model, videos, ''Name'', value, ...)');
pairs = touchtrain.internal.options.nameValues(varargin, 'curate');
[plan, options] = touchtrain.internal.contacts.contactPlan(pairs, false);
try
    report = marked(model, videos, options);
catch err
    if ~strcmp(err.identifier, 'TouchTrain:OnlyMatlab')
        rethrow(err);
    end
    [plan, options] = touchtrain.internal.contacts.contactPlan(pairs, true);
    report = marked(model, videos, options);
end
isVerbose = touchtrain.internal.options.isOn(pairs, 'Verbose', true);
[marks, session] = touchtrain.internal.curation.curationOutputs(report, isVerbose, nargout);
if ~isempty(plan) && strcmp(report.kind, 'session') && ~report.stopped
    session.contacts = contactsOf(session.path, plan, isVerbose);
end
if nargout == 0
    clear('marks');
end
end

function report = marked(model, videos, options)
[given, pairs, remover] = touchtrain.internal.curation.curationInputs(model, videos, options); %#ok<ASGLU>
result = touchtrain.internal.jobs.runJob(pairs, 'curate', given{:});
report = result.report;
end

function report = contactsOf(folder, plan, isVerbose)
% Write the contact array. The videos are marked, so what is wrong is a warning.
report = [];
try
    [~, report] = touchtrain.internal.contacts.writeNew(folder, plan.source, plan.pairs, 'contacts');
catch err
    warning('TouchTrain:ContactsNotWritten', '%s', touchtrain.internal.values.visible(sprintf( ...
        ['%s The videos are marked; once that is mended, call touchtrain.writeContacts(%s, contacts).'], ...
        err.message, touchtrain.internal.values.inQuotes(folder))));
    return
end
if isVerbose
    touchtrain.internal.values.show('%s\n', report.page{:});
end
report = rmfield(report, 'page');
end
