function test_verify()
% A dataset is compared with its hashes, a model with its answers to its probe frames, and damage is named.
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
expect_error('TouchTrain:BadModel', @() touchtrain.verify(fullfile('set', files(1).name)), files(1).name);
expect_error('TouchTrain:UnknownOption', @() touchtrain.verify('set', 'Verbsoe', true), 'Verbose');
expect_error('TouchTrain:BadOption', @() touchtrain.verify('set', 'Runtime', 'openvino'), 'Runtime');

tiny_files('proven', 'models');
model = fullfile('models', 'proven.h5');
text = evalc('report = touchtrain.verify(model, ''Precision'', ''float32'');');
assert(~isempty(strfind(text, report.verdict)), 'TouchTrain:Test', '%s', text);
assert(~isempty(strfind(report.verdict, model)), 'TouchTrain:Test', '%s', text);
assert(report.proven && report.weights_kept);
expect_equal([report.probes, report.doubtful, report.beyond, report.differing], [64, 16, 0, 0]);
expect_equal(report.precision, 'float32');
changed = fullfile('models', 'changed.h5');
expect_error('TouchTrain:ModelNotProven', @() touchtrain.verify(changed, 'Verbose', false), 'changed.h5');
report = touchtrain.verify(fullfile('models', 'old.h5'), 'Verbose', false);
assert(isempty(report.proven) && report.probes == 0);
end
