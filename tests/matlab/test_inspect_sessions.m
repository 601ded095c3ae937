function test_inspect_sessions()
% What is printed of a session of many recordings is one screen, and all of it only on demand.
frames = cell(1, 14);
labels = cell(1, 14);
for k = 1:14
    frames{k} = uint8(mod(reshape(1:20 * 20 * 6, [20 20 6]) * k, 251));
    labels{k} = [0 0 1 1 0 mod(k, 2)];
end
report = touchtrain.convertArrays(frames, labels, 'set', 'FrameOrder', 'HWN'); %#ok<NASGU>
text = evalc('touchtrain.inspect(''set'')');
assert(~isempty(strfind(text, '14 recordings')) && ~isempty(strfind(text, '84 frames')), 'TouchTrain:Test', '%s', text);
assert(~isempty(strfind(text, '4 more')), 'TouchTrain:Test', '%s', text);
expect_equal(numel(regexp(text, ': 6 frames', 'match')) + numel(regexp(text, ' 6 frames: ', 'match')), 10);
text = evalc('touchtrain.inspect(''set'', ''All'', true)');
assert(isempty(strfind(text, ' more')), 'TouchTrain:Test', '%s', text);
expect_equal(numel(regexp(text, ' 6 frames: ', 'match')), 14);
record = touchtrain.inspect('set');
expect_equal(numel(record.recordings), 14);
end
