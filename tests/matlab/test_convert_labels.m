function test_convert_labels()
% Labels of every kind and shape, both class orders, names of recordings.
[frames, labels] = tiny_arrays(16, 1);
names = {'NonTouch', 'Touch'};
kinds = {labels, labels', logical(labels), int8(labels), single(labels'), names(labels + 1), names(labels + 1)', ...
    num2cell(labels), {labels}};
for k = 1:numel(kinds)
    report = touchtrain.convertArrays(frames, kinds{k}, 'set');
    expect_equal([report.counts.NonTouch report.counts.Touch], [8 8]);
end
left = labels;
left([1 2 16]) = [-1 NaN -1];
report = touchtrain.convertArrays(frames, left, 'set');
expect_equal([report.counts.NonTouch report.counts.Touch], [6 7]);

% 1 is touch in either order.
right = touchtrain.convertArrays(frames, [zeros(1, 12) ones(1, 4)], 'set', 'ClassNames', {'NonTouch', 'Touch'});
turned = touchtrain.convertArrays(frames, [zeros(1, 12) ones(1, 4)], 'set', 'ClassNames', {'Touch', 'NonTouch'});
expect_equal([right.counts.Touch turned.counts.Touch], [4 4]);
expect_equal(turned.class_names, {'Touch', 'NonTouch'});
expect_equal(fieldnames(right.label_mapping)', {'x0', 'x1'});
expect_equal(turned.label_mapping.x1, 'Touch');
shown = evalc('touchtrain.convertArrays(frames, labels, ''set'');');
for fact = {'0 = NonTouch (8 frames), 1 = Touch (8 frames)', '1 recording', '16 frames', '20 x 20'}
    assert(~isempty(strfind(shown, fact{1})), 'TouchTrain:Test', 'No "%s" in: %s', fact{1}, shown);
end
shown = evalc('touchtrain.inspect(''set'')');
assert(~isempty(strfind(shown, '0 = NonTouch, 1 = Touch')), 'TouchTrain:Test', '%s', shown);
shown = evalc('touchtrain.convertArrays(frames, labels, ''set'', ''ClassNames'', {''Touch'', ''NonTouch''});');
assert(~isempty(strfind(shown, '1 = Touch')), 'TouchTrain:Test', '%s', shown);
report = touchtrain.convertArrays(frames, labels + 1, 'set', 'LabelValues', [1 2]);
expect_equal(report.counts.Touch, 8);
expect_equal({report.label_table.label}, {'1', '2'});
expect_equal({report.label_table.class_name}, {'NonTouch', 'Touch'});
expect_equal([report.label_table.frames], [8 8]);

% Class indices without a 0 may count from 1; with a 0, a class without a frame is warned of.
three = {'ClassNames', {'rest', 'lick', 'groom'}};
expect_error('TouchTrain:BadLabels', @() touchtrain.convertArrays(frames, labels + 1, 'set', three{:}), ...
    'LabelValues', '[1, 2, 3]', '[0, 1, 2]');
report = touchtrain.convertArrays(frames, labels, 'set', three{:});
assert(any(~cellfun(@isempty, strfind(report.warnings, 'groom'))));
expect_equal([report.label_table.frames], [8 8 0]);

% A cell of single images is one recording, with a vector or a cell of labels, unless Recordings says otherwise.
images = squeeze(num2cell(frames, [1 2]));
given = {labels, labels', num2cell(labels), names(labels + 1)};
for k = 1:numel(given)
    report = touchtrain.convertArrays(images, given{k}, 'set');
    expect_equal({report.recordings.frames}, {16});
    expect_equal([report.counts.NonTouch report.counts.Touch], [8 8]);
    assert(~isempty(strfind(report.warnings{1}, 'Recordings')));
end
expect_equal(read_frames(fullfile('set', 'recording001.frames.npy')), reshape(frames, 20, 20, 1, 16));
report = touchtrain.convertArrays(images, labels, 'set', 'Recordings', [ones(1, 6) 2 * ones(1, 10)]);
expect_equal([report.recordings.frames], [6 10]);

% Names of recordings, or one name or number a frame.
report = touchtrain.convertArrays({frames, frames}, {labels, labels}, 'set', 'Recordings', {'first', 'second'});
expect_equal({report.recordings.name}, {'first', 'second'});
report = touchtrain.convertArrays(frames, labels, 'set', 'Recordings', 'alone');
expect_equal(report.recordings.name, 'alone');
ids = [repmat(3, 1, 5) repmat(8, 1, 7) repmat(3, 1, 4)];
report = touchtrain.convertArrays(frames, labels, 'set', 'Recordings', ids');
expect_equal([report.recordings.frames], [9 7]);
report = touchtrain.convertArrays(frames, labels, 'set', 'recordings', [repmat({'a'}, 1, 6) repmat({'b'}, 1, 10)]);
expect_equal([report.recordings.frames], [6 10]);
end
