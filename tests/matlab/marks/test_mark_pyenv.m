function test_mark_pyenv()
% What setup reads of pyenv.
touchtrain.internal.openDoor();
now = pyenv();
expect_equal(char(now.Status), 'Loaded');
assert(isfile(char(now.Executable)));
assert(any(strcmp(char(now.ExecutionMode), {'InProcess', 'OutOfProcess'})));
assert(~isempty(regexp(char(now.Version), '^3\.\d+', 'once')));
end
