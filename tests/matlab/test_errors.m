function test_errors()
% An error of Python gets its own identifier back, whatever MATLAB writes round it.
raise = @(message) @() touchtrain.internal.python.raisePythonError( ...
    struct('message', message, 'identifier', 'MATLAB:Python:PyException', 'stack', struct([])));
message = expect_error('TouchTrain:BadLabels', raise('Python Error: BadLabels: TouchTrain:BadLabels: No 7 here.'));
expect_equal(message, 'No 7 here.');
message = expect_error('TouchTrain:BadLabels', ...
    raise('Python Error: pyside.errors.BadLabels: TouchTrain:BadLabels: No 7 here.'));
expect_equal(message, 'No 7 here.');
feed = sprintf('\n');
message = expect_error('TouchTrain:BadOption', raise(['Error using x>y (line 3)' feed ...
    'Python Error: BadOption: TouchTrain:BadOption: 2 things are wrong:' feed '  1. 50% of C:\new.' feed ...
    '  2. b.' feed newline 'Error in settings>from_options (line 197)' feed 'more']));
expect_equal(message, ['2 things are wrong:' feed '  1. 50% of C:\new.' feed '  2. b.']);
expect_error('TouchTrain:Python', raise('Python Error: ZeroDivisionError: division by zero'), 'division by zero');

faults = touchtrain.internal.values.Faults();
faults.raise();
faults.check(@() error('TouchTrain:BadOption', '%s', message));
faults.add('TouchTrain:NoGraphics', 'c.');
expect_equal({faults.rows.text}, {'50% of C:\new.', 'b.', 'c.'});
expect_error('TouchTrain:BadOption', @() faults.raise(), '3', ...
    [feed '  1. 50% of C:\new.' feed '  2. b.' feed '  3. c.']);

% It is told of the function that was called, not of those below it.
try
    touchtrain.train('nowhere', 'model.h5');
catch err
end
expect_equal(err.identifier, 'TouchTrain:PathMissing');
[~, thrower] = fileparts(err.stack(1).file); % its name is train or touchtrain.train, as the release likes
expect_equal(thrower, 'train');
end
