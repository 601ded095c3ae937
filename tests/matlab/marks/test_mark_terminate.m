function test_mark_terminate()
% Outside MATLAB's process Python can be ended and comes back, path and all.
now = pyenv();
question = 'Does Python come back after terminate(pyenv)';
if strcmp(char(now.ExecutionMode), 'InProcess')
    mark(question, @() skip_test('Python is inside MATLAB''s process'));
    return
end
touchtrain.internal.python.askPython('about');
now.terminate();
about = touchtrain.internal.python.askPython('about');
assert(ischar(about.version));
mark(question, 'yes, and TouchTrain with it');
end
