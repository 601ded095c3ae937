function test_redecide()
% A session is decided about anew; what is wrong is told before anything is written.
tiny_files('session', 'session');
session = [];
marks = [];
text = evalc('[marks, session] = touchtrain.redecide(''session'', ''Threshold'', 0.75, ''MinDuration'', 1);');
expect_has(text, {fullfile(pwd(), 'session'), 'before 2'});
expect_equal({marks.name}, {'trial 1', 'b'});
expect_equal(marks(1).labels, [0 0 1 0 0 -1 1 0 0]');
expect_equal(marks(1).touches.onset, [3; 7]);
expect_equal(session.touches, 2);
expect_equal(session.decision.threshold, 0.75);
expect_equal(session.decision.min_duration_ms, 2);
found = load(fullfile('session', 'trial 1.mat'));
expect_equal(found.labels, marks(1).labels);

id = fopen(fullfile('session', 'b.csv'), 'a');
fprintf(id, '\n');
fclose(id);
[~, again] = touchtrain.redecide(fullfile('session', 'session.json'), 'Threshold', 0.15, 'Recordings', {'b'}, ...
    'Formats', {'npy', 'whacc'}, 'Verbose', false);
expect_equal(again.names, {'b'});
expect_equal(again.changed, {'b.csv'});
expect_equal(again.touches, 1);
assert(exist(fullfile('session', 'b.npy'), 'file') == 2);
found = touchtrain.inspect(fullfile('session', 'whacc.h5'));
expect_equal(found.recordings(1).by, 'a model');
touchtrain.redecide(session, 'MinDuration', 2, 'Output', 'copy', 'Verbose', false);
assert(exist(fullfile('copy', 'trial 1.mat'), 'file') == 2);

bad = @(identifier, given, varargin) expect_error(identifier, @() touchtrain.redecide(given{:}), varargin{:});
bad('TouchTrain:BadOption', {}, 'touchtrain.redecide(session');
bad('TouchTrain:BadOption', {3}, 'session');
bad('TouchTrain:BadOption', {'session'}, 'Threshold', 'MinDuration');
bad('TouchTrain:BadOption', {'session', 'Threshold', 1.5}, 'Threshold', '1.5');
bad('TouchTrain:BadOption', {'session', 'Threshold', 0.5, 'Recordings', 'c'}, 'Recordings', 'c');
bad('TouchTrain:UnknownOption', {'session', 'Treshold', 0.5}, 'Threshold');
bad('TouchTrain:PathMissing', {'nothing', 'Threshold', 0.5}, fullfile(pwd(), 'nothing'));
end
