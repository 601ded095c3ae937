function test_which_python()
% What MATLAB can load is known before it loads it, and two names of one Python are told from two Pythons.
fault = @touchtrain.internal.setup.hostFault;
good = struct('ok', true, 'executable', '/usr/bin/python3.12', 'version', [3 12], 'base', '/usr', 'machine', ...
    'x86_64', 'bits', 64, 'kind', 'cpython');
for arch = {'glnxa64', 'win64', 'maci64'}
    expect_equal(fault(good, [10 12], arch{1}), '');
end
expect_equal(fault(with(good, 'machine', 'arm64'), [10 12], 'maca64'), '');
expect_equal(fault(with(good, 'machine', 'AMD64'), [10 12], 'win64'), '');
expect_has(fault(good, [10 12], 'maca64'), {'x86_64', 'maca64'});
expect_has(fault(with(good, 'machine', 'arm64'), [10 12], 'maci64'), {'arm64', 'maci64'});
expect_has(fault(with(good, 'version', [3 13]), [10 12], 'win64'), {'3.13', '3.10 to 3.12'});
expect_has(fault(with(good, 'kind', 'pypy'), [10 12], 'win64'), {'pypy'});
expect_has(fault(with(good, 'bits', 32), [10 12], 'win64'), {'32'});
store = 'C:\Program Files\WindowsApps\PythonSoftwareFoundation.Python.3.12_3.12.1776.0_x64__qbz5n2kfra8p0';
expect_has(fault(with(good, 'base', store), [10 12], 'win64'), {'Microsoft Store'});
expect_equal(fault(with(with(good, 'kind', 'pypy'), 'version', [3 14]), [], 'glnxa64'), ''); % Octave takes any
expect_has(fault(with(good, 'version', [3 9]), [], 'glnxa64'), {'3.9'});
expect_has(fault(with(good, 'ok', false), [10 12], 'win64'), {'run'});

same = @touchtrain.internal.setup.samePython;
assert(same('C:\Lab\.venv\Scripts\python.exe', 'c:/lab/.venv/scripts/PYTHON.EXE', 'windows'));
assert(same('C:\Python312\pythonw.exe', 'C:\Python312\python.exe', 'windows'));
assert(~same('C:\Python312\python.exe', 'C:\Python311\python.exe', 'windows'));
assert(~same('/lab/Python', '/lab/python', 'unix') && same('/lab//bin/./python', '/lab/bin/python', 'unix'));
if ~isunix()
    skip_test('The second half: links and programs of the shell are made on Unix only.');
end
base = fake_python(fullfile(pwd(), 'base', 'python3.12'), '3.12', '');
mkdir('venv');
system('ln -s python3.12 base/python && ln -s ../base/python3.12 venv/python && ln -s base link');
assert(same(base, fullfile(pwd(), 'base', 'python')) && same(base, fullfile(pwd(), 'link', 'python3.12')));
assert(~same(base, fullfile(pwd(), 'venv', 'python'))); % an environment has packages of its own

% A Python that is set and suitable stays; one that is not is replaced, with the words how to get it back.
octave_only('The last part: MATLAB''s pyenv takes no stand-in of a Python.');
now = pyenv();
found = touchtrain.setup();
restoring = onCleanup(@() pyenv('Version', found.python)); %#ok<NASGU>
job = touchtrain.internal.python.pythonFacts(found.job_python);
range = job.version([2 2]);
now.terminate();
kept = second_name(found.python, 'kept');
pyenv('Version', kept);
[executable, note] = touchtrain.internal.setup.pythonForHost(job, range);
expect_equal({executable, note}, {kept, ''});
[executable, note] = touchtrain.internal.setup.pythonForHost(job, range, true); % the user named it
expect_equal(executable, job.executable);
expect_has(note, {sprintf('pyenv(''Version'', ''%s'')', kept)});
bad = fake_python(fullfile(pwd(), 'bad', 'python3'), sprintf('3.%d', range(1)), 'numpy');
stand_in_of_pyenv(bad);
pyenv('Version', bad);
[executable, note] = touchtrain.internal.setup.pythonForHost(job, range);
expect_equal(executable, job.executable);
expect_has(note, {bad});
end

function file = second_name(python, name)
% A program that runs a Python and gives itself out as its executable.
file = fullfile(pwd(), name);
id = fopen(file, 'w');
fprintf(id, '#!/bin/sh\n[ "$1" = -c ] && { "%s" "$@" | sed "s#%s#$0#"; exit; }\n', python, python);
fprintf(id, '[ "$2" = --about ] && { printf "1\\n3\\n$0\\nlib\\nhome\\n"; exit; }\nexec "%s" "$@"\n', python);
fclose(id);
system(['chmod +x "' file '"']);
end

function stand_in_of_pyenv(file)
% Let the program answer the question of Octave's pyenv, too.
text = fileread(file);
id = fopen(file, 'w');
fprintf(id, '%s', strrep(text, sprintf('sh\n'), sprintf( ...
    'sh\n[ "$2" = --about ] && { printf "1\\n3\\n$0\\nlib\\nhome\\n"; exit; }\n')));
fclose(id);
end
