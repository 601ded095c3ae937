function test_examples()
% The example arrays and videos: as they are described, and the same each time.
[frames, labels, names] = make_example_arrays();
expect_equal([numel(frames) numel(labels) numel(names)], [8 8 8]);
for k = 1:numel(frames)
    expect_equal(class(frames{k}), 'uint8');
    expect_equal(size(frames{k}), [32 32 numel(labels{k})]);
    expect_equal(unique(labels{k}), [0 1]);
end
again = make_example_arrays(1);
assert(isequal(frames, again));
others = make_example_arrays(2);
assert(~isequal(frames{1}, others{1}));

make_whisker_videos('rendered', 'Recordings', 1, 'Frames', 200);
rendered = load(fullfile('rendered', 'labels.mat'));
expect_equal(numel(rendered.labels{1}), 200);
assert(isfile(fullfile('rendered', 'videos', 'whisker001.mp4')));
expect_error('TouchTrain:NotWritable', @() make_whisker_videos('rendered', 'Recordings', 1, 'Frames', 20));
end
