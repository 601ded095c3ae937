function test_convert_videos_empty()
% Frames that a file counts but that hold no picture: told, asked about, and counted as the labels or OnEmpty say.
tiny_files('dropped', 'videos');
file = fullfile('videos', 'dropped.avi');
found = touchtrain.inspect(file);
expect_equal([found.frames found.frames_of_container found.empty_frames], [20 25 5]);
labels = zeros(1, 25);
labels(17:20) = 1;
report = touchtrain.convertVideos(file, labels, 'set', 'Verbose', false);
expect_equal([report.frames report.counts.Touch], [25 4]);
told = strjoin(cellstr(report.warnings), ' ');
facts = {'25 frames', '20 frames', 'frame 11', 'OnEmpty'};
assert(all(cellfun(@(fact) ~isempty(strfind(told, fact)), facts)), 'TouchTrain:Test', '%s', told);
listed = 'labels.csv';
id = fopen(listed, 'w');
fprintf(id, 'video,frame,label\ndropped,1,0\ndropped,18,1\n');
fclose(id);
expect_error('TouchTrain:BadVideo', @() touchtrain.convertVideos(file, listed, 'set', 'Verbose', false), ...
    'OnEmpty', '20', '25', 'frame 11');
report = touchtrain.convertVideos(file, listed, 'set', 'OnEmpty', 'leave-out', 'Verbose', false);
expect_equal(report.frames, 20);
end
