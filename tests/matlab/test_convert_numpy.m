function test_convert_numpy()
% NumPy files become a dataset; the order of the classes is as in convertArrays.
tiny_files('numpy', 'arrays');
text = evalc('touchtrain.convertNumpy(''arrays'', ''set'')');
for fact = {'80 frames', '24 x 24', '0 = NonTouch (40 frames)', '1 = Touch (40 frames)'}
    assert(~isempty(strfind(text, fact{1})), 'TouchTrain:Test', 'No "%s" in: %s', fact{1}, text);
end
expect_equal(numel(strfind(text, '0 = NonTouch')), 1);
report = touchtrain.convertNumpy('arrays', 'set', 'ClassNames', {'Touch', 'Other'}, 'FrameOrder', 'NHW', ...
    'Verbose', false);
expect_equal(report.label_mapping, struct('x0', 'Other', 'x1', 'Touch'));
expect_equal([report.counts.Touch report.counts.Other], [40 40]);

bad = @(identifier, given, varargin) expect_error(identifier, ...
    @() touchtrain.convertNumpy(given{:}, 'Verbose', false), varargin{:});
bad('TouchTrain:PathMissing', {'nothing', 'bad'}, fullfile(pwd(), 'nothing'));
bad('TouchTrain:UnknownOption', {'arrays', 'bad', 'Pixelragne', [0 1]}, 'PixelRange');
bad('TouchTrain:BadLabels', {'arrays', 'bad', 'LabelValues', [1 2]}, '0');
bad('TouchTrain:FrameOrder', {'arrays', 'bad', 'FrameOrder', 'HWCN'}, 'HWCN');
expect_error('TouchTrain:BadOption', @() touchtrain.convertNumpy('arrays'), 'touchtrain.convertNumpy(folder');
assert(isempty(dir('bad*')));
end
