function test_string_inputs()
% Texts may be char, string, string arrays, categorical.
isText = @touchtrain.internal.values.isText;
one = string_like('string', {'set'});
several = string_like('string', {'a', 'b'});
kinds = string_like('categorical', {'NonTouch', 'Touch', 'Touch'});
assert(isText(one) && isText('set') && isText('') && ~isText(several) && ~isText({'set'}) && ~isText(['a'; 'b']));
expect_equal(touchtrain.internal.values.toNames(several), {'a', 'b'});
expect_equal(touchtrain.internal.data.labelsForPython(kinds, 1), {'NonTouch', 'Touch', 'Touch'});
expect_equal(touchtrain.internal.options.optionsJson({'ClassNames', several, 'Augment', one}), ...
    '{"ClassNames":["a","b"],"Augment":"set"}');
expect_equal(touchtrain.internal.values.absolutePath(one, 'path'), fullfile(pwd(), 'set'));

[frames, labels] = tiny_arrays(16, 1);
names = {'NonTouch', 'Touch'};
report = touchtrain.convertArrays(frames, string_like('categorical', names(labels + 1)), one, ...
    'FrameOrder', string_like('string', {'HWN'}), 'ClassNames', string_like('string', names));
expect_equal(report.counts.Touch, 8);
end
