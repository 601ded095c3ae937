function test_corrected()
% Labels with the corrections of a person are written and returned; what is wrong is told before anything is written.
tiny_files('session', 'session');
bad = @(identifier, given, varargin) expect_error(identifier, @() touchtrain.corrected(given{:}), varargin{:});
bad('TouchTrain:BadReview', {'session'}, fullfile(pwd(), 'session'));
bad('TouchTrain:BadOption', {}, 'touchtrain.corrected(session');
bad('TouchTrain:BadOption', {'session', 'Frames', 'some'}, 'Frames', 'reviewed');
bad('TouchTrain:UnknownOption', {'session', 'Frmes', 'all'}, 'Frames');
bad('TouchTrain:PathMissing', {'nothing'}, fullfile(pwd(), 'nothing'));

% As the page of a review writes it: the touch in frame 3 of trial 1 is none.
id = fopen(fullfile('session', 'corrections.jsonl'), 'w');
fprintf(id, ['{"number":1,"when":"2026-01-31T12:00:00Z","who":"me","recording":"trial 1","kind":"no","first":2,' ...
    '"was":[["Ber\\u00fchrung",1]],"is":[["NonTouch",1]]}\n']);
fclose(id);
labels = [];
report = [];
text = evalc('[labels, report] = touchtrain.corrected(''session'');');
expect_has(text, {[fullfile(pwd(), 'session') '_corrected'], '1 frame'});
expect_equal({labels.recording}, {'trial 1'});
expect_equal(labels.labels(3), 0);
expect_equal(labels.origin_names{labels.origin_of_label(3) + 1}, 'corrected by a person');
expect_equal(report.not_reviewed, {'b'});
some = touchtrain.corrected('session', 'Frames', 'reviewed', 'Output', 'out', 'Verbose', false);
expect_equal(find(some.labels >= 0), 3);
end
