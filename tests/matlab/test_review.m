function test_review()
% A review is served until nobody uses its page; its address is printed.
tiny_files('session', 'session');
bad = @(identifier, given, varargin) expect_error(identifier, @() touchtrain.review(given{:}), varargin{:});
bad('TouchTrain:BadOption', {}, 'touchtrain.review(session');
bad('TouchTrain:BadOption', {'session', 'IdleMinutes', 0}, 'IdleMinutes');
bad('TouchTrain:UnknownOption', {'session', 'Idle_Minuts', 1}, 'IdleMinutes');
bad('TouchTrain:PathMissing', {'nothing'}, fullfile(pwd(), 'nothing'));
report = [];
text = evalc('report = touchtrain.review(''session'', ''Browser'', false, ''IdleMinutes'', 0.01);');
expect_has(text, {'http://127.0.0.1:', fullfile(pwd(), 'session')});
expect_equal(report.ended, 'idle');
expect_equal(report.corrections, 0);
assert(report.events > 0);
text = evalc('report = touchtrain.review(''session'', ''Blind'', true, ''Browser'', false, ''IdleMinutes'', 0.01);');
expect_has(text, {'windows', 'Windows left'});
expect_equal(report.blind.left, report.events);
assert(isempty(report.blind.figures) && isfile(report.blind.sample));
bad('TouchTrain:BadOption', {'session', 'Blind', true, 'Sample', 2}, 'Sample');
end
