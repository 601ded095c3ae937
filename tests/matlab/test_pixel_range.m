function test_pixel_range()
% Dark frames of more than 8 bits are warned of, and come right by PixelRange; doubles from 0 to 255 need none.
tiny_files('deep', 'deep');
stack = fullfile('deep', 'deep.tif');
labels = repmat([0 0 0 0 1 1 1 1], 1, 2);
report = touchtrain.convertVideos(stack, labels, 'set', 'Check', true, 'Verbose', false);
expect_equal([about(report, 'PixelRange') about(report, '[0 4095]') report.well], [true true true]);
report = touchtrain.convertVideos(stack, labels, 'set', 'PixelRange', [0 4095], 'Verbose', false);
expect_equal(about(report, 'PixelRange'), false);
expect_error('TouchTrain:PixelRange', ...
    @() touchtrain.convertVideos(stack, labels, 'dark', 'PixelRange', [0 1023], 'Verbose', false), 'deep.tif', '1023');

report = touchtrain.convertNumpy('deep', 'set', 'Verbose', false);
expect_equal([report.counts.NonTouch report.counts.Touch], [8 8]);
expect_equal([about(report, 'PixelRange') about(report, '255')], [true true]);
end

function found = about(report, fact)
found = any(cellfun(@(text) ~isempty(strfind(text, fact)), cellstr(report.warnings)));
end
