function test_mark_terminate()
% Outside MATLAB's process Python can be ended and comes back, path and all.
now = pyenv();
if strcmp(char(now.ExecutionMode), 'InProcess')
    skip_test('Python is inside MATLAB''s process here');
end
touchtrain.internal.askPython('about');
now.terminate();
about = touchtrain.internal.askPython('about');
assert(ischar(about.version));
end
