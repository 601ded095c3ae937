function test_setup_hosts()
% Which Python py. gets, where another one is loaded already and where MATLAB loads none of the jobs' version.
found = touchtrain.setup();
job = touchtrain.internal.pythonFacts(found.job_python);
[executable, note] = touchtrain.internal.pythonForHost(job, [10 14]);
expect_equal(executable, found.python);
expect_equal(note, '');
other = job;
other.executable = [job.executable '-other'];
[executable, note] = touchtrain.internal.pythonForHost(other, [10 14]);
expect_equal(executable, found.python);
assert(~isempty(strfind(note, 'loaded already')) && ~isempty(strfind(note, other.executable)));
assert(~isempty(strfind(note, 'terminate(pyenv)')) || ~isempty(strfind(note, 'restart MATLAB')));
end
