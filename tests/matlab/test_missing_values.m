function test_missing_values()
% A missing label leaves its frame out as NaN does; any other missing value is an error of TouchTrain that names it. In
% Octave, stand-ins for string, categorical and missing; marks/test_mark_missing_values asks MATLAB.
absent = string_like('string', {[]});
undefined = string_like('categorical', {[]});
strings = string_like('string', {'Touch', [], 'NonTouch'});
categories = string_like('categorical', {'Touch', [], 'NonTouch'});
nothing = string_like('missing', {[]});

% What is missing, and how it is called.
isMissing = @touchtrain.internal.values.isMissing;
kindOf = @touchtrain.internal.values.kindOf;
expect_equal(isMissing(strings), logical([0 1 0]));
expect_equal(isMissing(categories), logical([0 1 0]));
expect_equal(isMissing({'a', NaN, '', [], {NaN}, absent, undefined, nothing, struct()}), logical([0 1 0 0 0 1 1 1 0]));
expect_equal(isMissing(single([1 NaN])), logical([0 1]));
expect_equal(isMissing('a text'), false(1, 6));
expect_equal(cellfun(kindOf, {absent, undefined, strings, {'a', absent}, 'a', {}}, 'UniformOutput', false), ...
    {'missing string', 'undefined categorical', 'string with missing elements', 'cell with missing elements', ...
    'char', 'cell'});
for value = {absent, undefined, nothing}
    assert(~touchtrain.internal.values.isText(value{1}) && ~touchtrain.internal.values.isNames(value{1}) && ...
        ~touchtrain.internal.values.isBlank(value{1}));
end
assert(~touchtrain.internal.values.isNames(strings) && ~touchtrain.internal.values.isNames({'a', absent}));

% Labels.
convert = @(labels) touchtrain.internal.data.labelsForPython(labels, 1);
cells = {{'Touch', absent, 'NonTouch'}, {'Touch'; NaN; 'NonTouch'}, {'Touch', nothing, 'NonTouch'}};
for labels = [{strings, categories}, cells]
    expect_equal(convert(labels{1}), {'Touch', '', 'NonTouch'});
end
expect_equal(convert(string_like('missing', {[], []})), [NaN NaN]);
expect_equal(convert({1, nothing, NaN, 0, true, absent}), [1 NaN NaN 0 1 NaN]);
expect_equal(touchtrain.internal.data.labelsForPython({strings, [0 1]}, 0), {{'Touch', '', 'NonTouch'}, [0 1]});
[frames, ~] = tiny_arrays(8, 1);
frames = frames(:, :, 1:3);
wanted = touchtrain.convertArrays(frames, [1 NaN 0], 'set', 'FrameOrder', 'HWN', 'Verbose', false);
for labels = {strings, categories, {'Touch', NaN, 'NonTouch'}}
    report = touchtrain.convertArrays(frames, labels{1}, 'set', 'FrameOrder', 'HWN', 'Verbose', false);
    expect_equal([report.counts.Touch, report.counts.NonTouch, report.left_out], [1 1 1]);
    expect_equal(report.label_table(end), wanted.label_table(end)); % NaN
    expect_equal(report.warnings, wanted.warnings);
end
[~, pairs] = touchtrain.internal.curation.curationInputs('m.h5', pwd(), {'Labels', {strings, [0; NaN; 1]}});
expect_equal(touchtrain.internal.options.optionsJson(pairs), '{"Labels":[["Touch","","NonTouch"],[0,null,1]]}');
expect_error('TouchTrain:BadLabels', @() touchtrain.convertVideos(pwd(), absent, 'new'), 'labels', 'missing string');
expect_error('TouchTrain:BadLabels', @() touchtrain.convertVideos(pwd(), nothing, 'new'), 'labels', 'missing');
expect_error('TouchTrain:BadLabels', @() touchtrain.compare(undefined, {[0 1]}), 'predicted', 'undefined');
expect_error('TouchTrain:BadOption', @() touchtrain.compare({[0 1]}, struct('Anna', {absent}, 'Ben', 'b.mat')), ...
    'reference Anna');
expect_error('TouchTrain:BadLabels', @() touchtrain.curate('m.h5', pwd(), 'Labels', absent), 'Labels');

% Paths, options and names of options.
for value = {absent, undefined, nothing, string_like('string', {'a', []}), {'a', absent}}
    expect_error('TouchTrain:BadOption', @() touchtrain.convertVideos(value{1}, [0 1], 'new'), 'videos');
    expect_error('TouchTrain:BadOption', @() touchtrain.convertArrays(frames, [0 1 0], value{1}), 'dataset');
    for name = {'ClassNames', 'Recordings', 'Verbose'}
        further = struct(name{1}, value(1));
        expect_error('TouchTrain:BadOption', @() touchtrain.convertArrays(frames, [0 1 0], 'new', further), name{1});
    end
    expect_error('TouchTrain:BadOption', @() touchtrain.train('set', 'm.h5', 'InitialModel', value{1}), 'InitialModel');
    expect_error('TouchTrain:BadOption', @() touchtrain.train('set', 'm.h5', 'Annotations', value{1}), 'Annotations');
    expect_error('TouchTrain:BadOption', @() touchtrain.train('set', 'm.h5', 'JobFolder', value{1}), 'JobFolder');
    expect_error('TouchTrain:BadOption', @() touchtrain.train(value{1}, 'm.h5'), 'dataset');
    expect_error('TouchTrain:BadOption', @() touchtrain.train('set', 'm.h5', value{1}, 3), 'Options');
    expect_error('TouchTrain:BadOption', @() touchtrain.curate('m.h5', pwd(), 'Output', value{1}), 'Output');
    expect_error('TouchTrain:BadOption', @() touchtrain.compare({[0 1]}, {[0 1]}, 'Videos', value{1}), 'Videos');
    expect_error('TouchTrain:BadOption', @() touchtrain.previewRegion(pwd(), 'File', value{1}), 'File');
    expect_error('TouchTrain:BadOption', @() touchtrain.plotHistory(struct('loss', 1), 'File', value{1}), 'File');
    expect_error('TouchTrain:BadOption', @() touchtrain.setup('Python', value{1}), 'Python');
    expect_error('TouchTrain:BadOption', @() touchtrain.doctor('Folder', value{1}), 'Folder');
    expect_error('TouchTrain:BadOption', @() touchtrain.inspect(value{1}), 'path');
    expect_error('TouchTrain:BadOption', @() touchtrain.resume(pwd(), 'TrustCode', value{1}), 'TrustCode');
    expect_error('TouchTrain:BadOption', @() touchtrain.tune('set', 'm.h5', struct('Network', value(1))), 'Network');
    expect_error('TouchTrain:BadOption', @() touchtrain.options(value{1}), 'command');
    expect_error('TouchTrain:BadOption', @() touchtrain.writeContacts(value{1}), 'session');
    expect_error('TouchTrain:BadOption', @() touchtrain.writeContacts('marked', [], 'Output', value{1}), 'Output');
    expect_error('TouchTrain:BadLabels', @() touchtrain.writeContacts('marked', value{1}), 'contacts');
end
expect_error('TouchTrain:BadOption', @() touchtrain.convertArrays(frames, [0 1 0], 'new', 'ClassNames', {'a', NaN}), ...
    'ClassNames');
expect_error('TouchTrain:BadOption', @() touchtrain.convertVideos(pwd(), [0 1], 'new', 'Centers', {[1 2], absent}), ...
    'Centers');
assert(~isfolder('new'));
end
