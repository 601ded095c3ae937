function test_mark_pyenv()
% What setup reads of pyenv.
probe = marks_python();
now = pyenv();
expect_equal(char(now.Status), 'Loaded');
assert(isfile(char(now.Executable)));
assert(any(strcmp(char(now.ExecutionMode), {'InProcess', 'OutOfProcess'})));
assert(~isempty(regexp(char(now.Version), '^3\.\d+', 'once')));

host = 'GNU Octave';
if ~touchtrain.internal.values.isOctave()
    host = ['MATLAB R' version('-release')]; % MATLAB only
end
mark(['Which Python and NumPy does ' host ' load'], @() char(probe.versions()));
mark('Does a NumPy of that version give its arrays', @() double(probe.make('1-d array')));
mark('Where does Python run', @() sprintf('%s, %s', char(now.ExecutionMode), char(now.Executable)));
mark('ProcessName of pyenv', @() char(now.ProcessName));
end
