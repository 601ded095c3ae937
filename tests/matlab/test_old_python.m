function test_old_python()
% A Python that is too old is refused before py. loads it, because MATLAB could not unload it.
old = struct('executable', '/lab/python3.9', 'version', [3 9], 'isLoaded', false, 'isInProcess', true);
require = @touchtrain.internal.setup.requirePython;
expect_error('TouchTrain:PythonNotFound', @() require(old), '/lab/python3.9', '3.9', '3.10', 'touchtrain.setup', ...
    'need not be restarted');
for version = {[3 10], [3 14], [0 0]}
    require(with(old, 'version', version{1}));
end
expect_error('TouchTrain:PythonNotFound', @() require(with(old, 'version', [2 7])), '2.7');
require(with(old, 'isLoaded', true)); % too late

% For real.
octave_only('The second half: MATLAB''s pyenv takes no stand-in of a Python.');
now = pyenv();
good = char(now.Executable);
now.terminate();
file = fullfile(pwd(), 'python3.9');
id = fopen(file, 'w');
fprintf(id, ['#!/bin/sh\n[ "$2" = --about ] && printf "1\\n3.9\\n$0\\nlib\\nhome\\n" && exit 0\n' ...
    'echo "touchtrain|3|9||$0"\ntouch "%s/started"\n'], pwd());
fclose(id);
system(['chmod +x "' file '"']);
pyenv('Version', file);
restoring = onCleanup(@() pyenv('Version', good)); %#ok<NASGU>
expect_error('TouchTrain:PythonNotFound', @() touchtrain.options('train'), file, '3.9', 'touchtrain.setup');
assert(~isfile('started'));
findings = touchtrain.internal.doctor.hostFindings();
expect_equal(findings(2).state, 'wrong');
expect_has(findings(2).text, {file, '3.9', '3.10'});
found = touchtrain.setup(); % finds another one
assert(~strcmp(found.python, file));
assert(~isempty(touchtrain.options('train')));
end
