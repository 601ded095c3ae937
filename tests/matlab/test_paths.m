function test_paths()
% Every path is made absolute against the current folder of MATLAB.
absolute = @(path) touchtrain.internal.values.absolutePath(path, 'path');
expect_equal(absolute('set'), fullfile(pwd(), 'set'));
expect_equal(absolute(fullfile(pwd(), 'set')), fullfile(pwd(), 'set'));
expect_equal(absolute('gs://bucket/set'), 'gs://bucket/set');
if ispc()
    expect_equal(absolute('C:\set'), 'C:\set');
    expect_equal(absolute('C:\'), 'C:\');
else % there it would be the name of a file
    for path = {'C:\set', 'd:/set', '\\server\set', 'C:\'}
        expect_error('TouchTrain:PathMissing', @() absolute(path{1}), 'path', path{1});
    end
    [frames, labels] = tiny_arrays(16, 1);
    expect_error('TouchTrain:PathMissing', @() touchtrain.convertArrays(frames, labels, 'sub\set'), 'sub/set');
    expect_equal(numel(dir('.')), 2);
end
expect_equal(absolute(['set' filesep()]), fullfile(pwd(), 'set'));
expect_equal(absolute('/'), '/');
home = absolute('~');
assert(~isempty(home) && home(1) ~= '~' && strcmp(absolute('~/set'), [home '/set']));
expect_error('TouchTrain:BadOption', @() absolute(''), 'path');
expect_error('TouchTrain:BadOption', @() absolute(3), 'path');

% A file is removed wherever it lies, and the note of the control script with its last folder.
mkdir('a [1]');
file = fullfile('a [1]', 'x.txt');
fclose(fopen(file, 'w'));
touchtrain.internal.values.removeFile(file);
assert(~isfile(file));
touchtrain.internal.values.removeFile(file);
made = touchtrain.internal.script.MadeFolders(fullfile(pwd(), 'a [1]'));
made.add(fullfile(pwd(), 'a [1]', 'jobs'));
made.note({});
expect_equal(numel(dir('a [1]')), 2);

% The current folder of Python stays where it was started.
[frames, labels] = tiny_arrays(16, 1);
mkdir('sub');
cd('sub');
report = touchtrain.convertArrays(frames, labels, 'set', 'Verbose', false);
expect_equal(report.path, fullfile(pwd(), 'set'));
cd('..');
record = touchtrain.inspect(fullfile('sub', 'set'));
expect_equal(record.frames, 16);

% Letters beyond ASCII arrive as they are.
letter = char(252);
if touchtrain.internal.values.isOctave()
    letter = char([195 188]);
end
report = touchtrain.convertArrays(frames, labels, ['s' letter 't']);
expect_equal(report.path, fullfile(pwd(), ['s' letter 't']));
end
