function test_setup_hosts()
% Which Python py. gets, where another one is loaded already and where MATLAB loads none of the jobs' version.
found = touchtrain.setup();
job = touchtrain.internal.python.pythonFacts(found.job_python);
[executable, note] = touchtrain.internal.setup.pythonForHost(job, [10 14]);
expect_equal(executable, found.python);
isSame = touchtrain.internal.setup.samePython(found.python, found.job_python); % not in R2022b, which loads 3.10 only
expect_equal(isempty(note), isSame);
other = job;
other.executable = [job.executable '-other'];
[executable, note] = touchtrain.internal.setup.pythonForHost(other, [10 14]); % the loaded one is suitable
expect_equal({executable, note}, {found.python, ''});
[executable, note] = touchtrain.internal.setup.pythonForHost(other, [10 14], true); % the user named another one
expect_equal(executable, found.python);
assert(~isempty(strfind(note, other.executable)));
assert(~isempty(strfind(note, 'terminate(pyenv)')) || ~isempty(strfind(note, 'restart MATLAB')));

% Which Python can train at all, on each system.
fault = @(varargin) touchtrain.internal.setup.trainingFault(varargin{:});
made = struct('version', [3 12], 'bits', 64, 'machine', 'x86_64');
expect_equal({fault(made, 'linux'), fault(made, 'windows')}, {'', ''});
assert(~isempty(strfind(fault(made, 'mac'), 'Intel')));
made.machine = 'arm64';
expect_equal({fault(made, 'mac'), fault(made, 'linux')}, {'', ''});
assert(~isempty(strfind(fault(made, 'windows'), 'ARM')));
expect_equal(fault(struct('version', [3 12], 'bits', 32, 'machine', 'AMD64'), 'windows'), '32 bits');
expect_equal(fault(struct('version', [3 14], 'bits', 64, 'machine', 'AMD64'), 'windows'), 'Python 3.14');

% Before Python is loaded: another one of a version that MATLAB loads, or the words what to do.
now = pyenv();
if strcmp(char(now.ExecutionMode), 'InProcess')
    skip_test('What comes before Python is loaded: it is loaded in this process, for good.');
end
host = touchtrain.internal.python.pythonFacts(found.python);
now.terminate();
other = job;
other.version = [3 99];
[executable, note] = touchtrain.internal.setup.pythonForHost(other, host.version([2 2]));
expect_equal(executable, found.python);
assert(~isempty(strfind(note, '3.99')));
expect_error('TouchTrain:PythonNotFound', @() touchtrain.internal.setup.pythonForHost(other, [2 2]), '3.2', ...
    '3.99', 'NumPy');
again = touchtrain.setup();
expect_equal(again.python, found.python);
end
