function test_mark_errors()
% The message of a Python exception names class and text; its identifier is MATLAB's one for all of them.
door = touchtrain.internal.openDoor();
try
    door.job_status('/nowhere');
    message = '';
catch err
    message = err.message;
    expect_equal(err.identifier, 'MATLAB:Python:PyException');
end
expected = 'Python Error: [\w.]*BadJob: TouchTrain:BadJob: ';
assert(~isempty(regexp(message, expected, 'once')), 'TouchTrain:Test', '%s', message);
expect_error('TouchTrain:BadJob', @() touchtrain.internal.askPython('job_status', fullfile(pwd(), 'none')));
expect_error('TouchTrain:Python', @() touchtrain.internal.askPython('check_options', 'train', 'no json'), 'JSON');
end
