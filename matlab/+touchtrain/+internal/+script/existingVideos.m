function videos = existingVideos(videos, faults, advice)
% EXISTINGVIDEOS  Absolute paths of the parameter dataPath of a script: a folder, a video, or a list of video files.
%
%   VIDEOS = EXISTINGVIDEOS(VIDEOS, FAULTS, ADVICE): errors are added to FAULTS; ADVICE is for one who has set nothing.
if touchtrain.internal.values.isBlank(videos)
    faults.add('TouchTrain:PathMissing', ['dataPath is empty. Set it to the folder with your videos, or to a cell ' ...
        'array of video files.' advice]);
elseif touchtrain.internal.values.isText(videos)
    videos = touchtrain.internal.script.existingPath(videos, 'dataPath', 'file or folder', faults);
elseif touchtrain.internal.values.isNames(videos)
    videos = cellfun(@(one) touchtrain.internal.script.existingPath(one, 'dataPath', 'file', faults), ...
        touchtrain.internal.values.toNames(videos), 'UniformOutput', false);
else
    faults.add('TouchTrain:BadOption', sprintf( ...
        'dataPath must be the folder with the videos, or a cell array of video files. It is a %s.', ...
        touchtrain.internal.values.kindOf(videos)));
end
end
