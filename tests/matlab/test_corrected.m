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

% A contact array of the workspace gets them, marked as a person's; all else in it stays.
given = {struct('trialNum', 1, 'contactInds', {{[]}}, 'mine', int8(1:3))};
[~, report] = touchtrain.corrected('session', 'ContactArray', given, 'Output', 'own', 'Verbose', false);
expect_equal(report.contacts.path, fullfile(pwd(), 'own_contacts.mat'));
made = load('own_contacts.mat');
expect_equal(find(made.contacts{1}.originOfLabel), 3);
expect_equal(made.contacts{1}.manualDel, {3});
expect_equal(made.contacts{1}.mine, int8(1:3));
bad('TouchTrain:NotWritable', {'session', 'ContactArray', given, 'Output', 'own'}, fullfile(pwd(), 'own_contacts.mat'));
bad('TouchTrain:BadLabels', {'session', 'ContactArray', {1}, 'Output', 'odd'});
assert(~isfolder('odd'));
[~, report] = touchtrain.writeContacts('session', made.contacts, 'Output', 'later.mat', 'Verbose', false);
expect_equal({report.left.trial}, {1});
text = evalc('touchtrain.corrected(''session'', ''Formats'', {''mat'', ''contacts''}, ''Output'', ''new'');');
expect_has(text, {fullfile(pwd(), 'new_contacts.mat')});
end
