function test_verify()
% A dataset is compared with its hashes, and damage is named.
tiny_set('set');
text = evalc('touchtrain.verify(''set'')');
assert(~isempty(strfind(text, fullfile(pwd(), 'set'))), 'TouchTrain:Test', '%s', text);
report = touchtrain.verify(string_like('string', {'set'}), 'Verbose', false);
expect_equal(report.path, fullfile(pwd(), 'set'));
expect_equal(report.kind, 'verification');
assert(report.recordings > 1 && report.bytes > report.frames && isempty(report.without_hash));
expect_equal(evalc('touchtrain.verify(''set'', ''Verbose'', false);'), '');

files = dir(fullfile('set', '*.frames.npy'));
file = fopen(fullfile('set', files(2).name), 'r+');
fseek(file, 1000, 'bof');
value = fread(file, 1);
fseek(file, 1000, 'bof');
fwrite(file, 255 - value);
fclose(file);
expect_error('TouchTrain:BadDataset', @() touchtrain.verify('set', 'Verbose', false), ...
    strrep(files(2).name, '.frames.npy', ''));

expect_error('TouchTrain:PathMissing', @() touchtrain.verify('nothing'), 'nothing');
expect_error('TouchTrain:BadDataset', @() touchtrain.verify(fullfile('set', files(1).name)), files(1).name);
expect_error('TouchTrain:UnknownOption', @() touchtrain.verify('set', 'Verbsoe', true), 'Verbose');
end
