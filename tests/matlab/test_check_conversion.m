function test_check_conversion()
% A check of a conversion tells what would come of it, and all that is wrong, and leaves nothing behind.
tiny_videos('videos');
before = names(dir('.'));
text = evalc('touchtrain.convertVideos(''videos'', ''videos-labels.mat'', ''set'', ''Check'', true)');
expected = {'136 of 136', 'NonTouch 68, Touch 68', 'first.avi', 'videos-labels.mat: labels{1}', 'Warning: '};
for k = 1:numel(expected)
    assert(~isempty(strfind(text, expected{k})), 'TouchTrain:Test', 'No "%s" in: %s', expected{k}, text);
end
expect_equal(names(dir('.')), before);

report = touchtrain.convertVideos('videos', 'videos-labels.mat', 'set', 'Check', true, 'Verbose', false);
expect_equal({report.kind, report.well, report.kept}, {'preflight', true, 136});
expect_equal([report.recordings.frames], [48 40 48]);

report = touchtrain.convertVideos('videos', 'videos-labels.mat', 'set', 'Check', true, 'Roi', 500, 'Verbose', false);
expect_equal(report.well, false);
expect_equal(report.faults(1).identifier, 'TouchTrain:OutOfFrame');
expect_equal(names(dir('.')), before);
end

function found = names(listing)
found = {listing.name};
end
