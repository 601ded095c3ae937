function test_add_corrections()
% Recordings that a person corrected come into a new dataset; what is wrong is told before anything is written.
labels = tiny_videos('videos');
tiny_files('session', 'session');
made = touchtrain.convertVideos(fullfile('videos', 'second.mp4'), labels{2}, 'set', 'Verbose', false);
bad = @(identifier, given, varargin) expect_error(identifier, @() touchtrain.addCorrections(given{:}), varargin{:});
bad('TouchTrain:BadOption', {'set', 'session'}, 'touchtrain.addCorrections(dataset, session, newDataset');
bad('TouchTrain:BadOption', {'set', 'session', 'new', 'OnKnown', 'maybe'}, 'OnKnown', 'replace');
bad('TouchTrain:UnknownOption', {'set', 'session', 'new', 'OnKnwn', 'skip'}, 'OnKnown');
bad('TouchTrain:PathMissing', {'nothing', 'session', 'new'}, fullfile(pwd(), 'nothing'));
bad('TouchTrain:BadReview', {'set', 'session', 'new'}, fullfile(pwd(), 'session'));
assert(~isfolder('new'));

tiny_files('reviewed', 'reviewed');
text = evalc('touchtrain.addCorrections(''set'', ''reviewed'', ''new'', ''Frames'', ''all'');');
expect_has(text, {'first.avi', fullfile(pwd(), 'new'), '2 recordings', '1 recording added, 0 replaced, 0 skipped', ...
    '0 confirmed, 1 corrected, 47 of the model, 0 as before', 'Frames to ''reviewed''', 'm.h5'});
bad('TouchTrain:KnownVideo', {'new', 'reviewed', 'newer'}, 'first', 'OnKnown to ''replace''');
report = touchtrain.addCorrections('new', 'reviewed', 'newer', 'OnKnown', 'replace', 'Verbose', false);
expect_equal(report.replaced, {'first'});
expect_equal({report.recordings.name}, {'second', 'first'});
expect_equal([report.frames, report.left_out], [made.frames + 48, 47]);
expect_equal(report.corrections.session, 'reviewed');
list = touchtrain.options('addCorrections');
assert(all(ismember({'Frames', 'OnKnown', 'KeepSides'}, {list.name})));
end
