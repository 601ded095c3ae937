function test_preview_augmentation()
% The sheet of varied frames is written where MATLAB stands, and what is wrong is told in MATLAB's spelling.
tiny_set('set');
mkdir('sub');
cd('sub');
text = evalc('touchtrain.previewAugmentation(''../set'', ''sheet'', ''Examples'', 2, ''Variants'', 1)');
assert(isfile('sheet.png') && ~isempty(strfind(text, 'sheet.png')));
record = [];
text = evalc(['record = touchtrain.previewAugmentation(''../set'', string_like(''string'', {''two.png''}), ' ...
    '''Augment'', {''noise=0.1''}, ''Examples'', 2, ''Variants'', 3, ''Verbose'', false);']);
expect_equal(text, '');
expect_equal(record.path, fullfile(pwd(), 'two.png'));
expect_equal(sort({record.rows.class}), {'NonTouch', 'Touch'});
one = imfinfo('sheet.png');
two = imfinfo('two.png');
assert(two.Width > one.Width);
found = dir();
expect_equal(sort({found(~[found.isdir]).name}), {'sheet.png', 'two.png'});

expect_error('TouchTrain:UnknownOption', @() touchtrain.previewAugmentation('../set', 'a', 'Exampls', 2), 'Examples');
expect_error('TouchTrain:BadOption', @() touchtrain.previewAugmentation('../set', 'a', 'Augment', 'heavy'), 'strong');
expect_error('TouchTrain:PathMissing', @() touchtrain.previewAugmentation('set', fullfile('no', 'a')), ...
    fullfile(pwd(), 'set'));
end
