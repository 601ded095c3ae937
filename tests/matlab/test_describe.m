function test_describe()
% What a model file does not say is told to a copy, in MATLAB's words; inspect shows it.
tiny_files('model', 'models');
bare = fullfile('models', 'bare.h5');
before = fileread(bare);
text = evalc('touchtrain.inspect(bare)');
line = regexp(text, 'touchtrain\.describe\([^\n]*\)', 'match', 'once');
assert(~isempty(strfind(line, '''ClassNames'', {''NonTouch'', ''Touch''}')), 'TouchTrain:Test', '%s', text);
assert(~isempty(strfind(line, '''InputRange'', [0 1], ''Roi'', [20 20])')), 'TouchTrain:Test', '%s', text);

given = {bare, fullfile('models', 'told'), 'ClassNames', string_like('string', {'NonTouch', 'Touch'}), ...
    'InputRange', [0 1], 'Roi', 20, 'Centers', [33 25], 'FrameRate', 500};
report = touchtrain.describe(given{:}, 'Verbose', false);
expect_equal(report.path, fullfile(pwd(), 'models', 'told.h5'));
assert(~isempty(strfind(report.facts.center, 'x 33, y 25')), 'TouchTrain:Test', '%s', report.facts.center);
expect_equal(fileread(bare), before);
about = touchtrain.inspect(report.path);
expect_equal(about.facts, report.facts);
expect_equal(reshape(about.metadata.region.at, 1, []), [32 24]);
expect_equal(reshape(about.class_names, 1, []), {'NonTouch', 'Touch'});
expect_equal(about.not_described, '');

expect_error('TouchTrain:NotWritable', @() touchtrain.describe(bare, bare, given{3:end}), 'bare.h5');
expect_error('TouchTrain:PathMissing', @() touchtrain.describe('none.h5', 'told.h5'), 'none.h5');
expect_error('TouchTrain:UnknownOption', @() touchtrain.describe(bare, 'told', 'ClasNames', {'a', 'b'}), 'ClassNames');
end
