function test_doctor_without_python()
% Without a Python that works the doctor still answers, and says what to do.
octave_only('MATLAB''s pyenv takes no stand-in of a Python.');
now = pyenv();
found = touchtrain.setup();
assert(isfile(found.job_python));
now.terminate();
before = {getenv('PATH'), getenv('TOUCHTRAIN_PYTHON'), getenv('VIRTUAL_ENV'), getenv('CONDA_PREFIX')};
restoring = onCleanup(@() restore(before)); %#ok<NASGU>
file = fullfile(pwd(), 'python3');
id = fopen(file, 'w');
fprintf(id, '#!/bin/sh\necho "touchtrain|3|12|keras+h5py|$0"\n');
fclose(id);
system(['chmod +x "' file '"']);
setenv('TOUCHTRAIN_PYTHON', file);
setenv('VIRTUAL_ENV', '');
setenv('CONDA_PREFIX', '');
root = touchtrain.internal.python.packageRoot();
if isfile(touchtrain.internal.setup.environmentPython(fullfile(root, '.venv')))
    skip_test('TouchTrain has an environment of its own here.');
end
pyenv('Version', file);
delete(fullfile(getenv('TOUCHTRAIN_CONFIG'), 'python.json'));
report = touchtrain.doctor();
assert(~report.well);
job = report.findings(strcmp({report.findings.topic}, 'Python of jobs'));
expect_equal(job.state, 'wrong');
assert(~isempty(strfind(job.text, 'keras, h5py')));
assert(~isempty(strfind(job.remedy, 'pip install')));
text = evalc('touchtrain.doctor');
assert(~isempty(strfind(text, 'WRONG')) && ~isempty(strfind(text, '-> ')));
end

function restore(before)
names = {'PATH', 'TOUCHTRAIN_PYTHON', 'VIRTUAL_ENV', 'CONDA_PREFIX'};
for k = 1:numel(names)
    setenv(names{k}, before{k});
end
pyenv('Version', before{2});
found = touchtrain.setup();
assert(isfile(found.job_python));
end
