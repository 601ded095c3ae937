function test_convert_folders()
% Class folders of images become a dataset; their names are the names of the classes.
tiny_files('images', 'classes');
text = evalc('touchtrain.convertFolders(''classes'', ''set'')');
for fact = {'80 frames', '24 x 24', 'Free 40, Held 40'}
    assert(~isempty(strfind(text, fact{1})), 'TouchTrain:Test', 'No "%s" in: %s', fact{1}, text);
end
assert(isempty(strfind(text, '0 = Free, 1 = Held')), 'TouchTrain:Test', '%s', text); % no mapping of labels
report = touchtrain.convertFolders(string_like('string', {'classes'}), 'set', 'ClassNames', {'Held', 'Free'}, ...
    'ImageSize', [20 30], 'Color', true, 'Verbose', false);
expect_equal(report.class_names, {'Held', 'Free'});
expect_equal(report.image_shape, [20 30 3]);

bad = @(identifier, given, varargin) expect_error(identifier, ...
    @() touchtrain.convertFolders(given{:}, 'Verbose', false), varargin{:});
bad('TouchTrain:PathMissing', {'nothing', 'bad'}, fullfile(pwd(), 'nothing'));
bad('TouchTrain:UnknownOption', {'classes', 'bad', 'Colour', true}, 'Color');
bad('TouchTrain:BadOption', {'classes', 'bad', 'ImageSize', [1 2 3]}, 'ImageSize');
bad('TouchTrain:BadOption', {3, 'bad'}, 'root');
expect_error('TouchTrain:BadOption', @() touchtrain.convertFolders('classes'), 'touchtrain.convertFolders(root');
bad('TouchTrain:BadImage', {fullfile('classes', 'Free'), 'bad'});
assert(isempty(dir('bad*')));
end
