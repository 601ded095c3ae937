function test_doctor()
% The doctor tells of MATLAB and of the machine, with Python loaded and without, and writes the logs of a job.
before = dir(pwd());
text = evalc('touchtrain.doctor');
for word = {'MATLAB', 'py.', 'NumPy', 'Python of jobs', 'tensorflow', 'precision', 'write access', 'wrong'}
    assert(~isempty(strfind(text, word{1})), 'TouchTrain:Test', 'No "%s" in: %s', word{1}, text);
end
lines = strsplit(strtrim(text), sprintf('\n'));
assert(numel(lines) < 50);

% Nothing is loaded for it, and it finds the same.
found = touchtrain.setup();
assert(isfile(found.job_python));
now = pyenv();
outside = ~strcmp(char(now.ExecutionMode), 'InProcess');
if outside
    now.terminate();
end
report = touchtrain.doctor('Folder', fullfile(pwd(), 'nowhere')); % a finding, not an error
assert(~report.well);
if outside
    assert(~strcmp(char(now.Status), 'Loaded'));
end
assert(~isempty(regexp(report.version, '^\d+\.\d+', 'once')));
topics = {report.findings.topic};
for topic = {'MATLAB', 'py.', 'Python of jobs', 'packages', 'GPU', 'precision', 'cores', 'memory', 'disk', 'video'}
    assert(any(strcmp(topics, topic{1})), 'TouchTrain:Test', 'No finding on %s', topic{1});
end
expect_equal(sum(strcmp(topics, 'MATLAB')), 1);
assert(all(ismember({report.findings.state}, {'ok', 'note', 'wrong'})));
needy = ~strcmp({report.findings.state}, 'wrong') | ~cellfun(@isempty, {report.findings.remedy});
assert(all(needy));
expect_equal(report.well, ~any(strcmp({report.findings.state}, 'wrong')));
expect_equal(numel(dir(pwd())), numel(before));

expect_error('TouchTrain:BadJob', @() touchtrain.doctor('Bundle', pwd()));
expect_error('TouchTrain:UnknownOption', @() touchtrain.doctor('Bundel', pwd()), 'Bundle');
tiny_files('numpy', 'arrays');
evalc('touchtrain.convertNumpy(''arrays'', ''set'', ''JobFolder'', ''job'')');
made = touchtrain.doctor('Bundle', 'job');
expect_equal(made.bundle, fullfile(pwd(), 'job-logs.zip'));
assert(isfile(made.bundle));
end
