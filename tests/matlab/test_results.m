function test_results()
% The results of a marking are plain variables and tables.
tiny_files('session', 'session');
found = load(fullfile('session', 'trial 1.mat'));
expect_equal(sort(fieldnames(found))', {'class_names', 'decision', 'frame', 'frame_from_0', 'frame_rate', 'labels', ...
    'model_sha256', 'origin', 'probabilities', 'reason', 'reason_names', 'recording', 'touches', 'video', ...
    'video_sha256'});
umlaut = char(252);
other = char(228);
if touchtrain.internal.values.isOctave()
    umlaut = char([195 188]);
    other = char([195 164]);
end
touch = ['Ber' umlaut 'hrung'];
expect_equal(found.recording, 'trial 1');
expect_equal(strrep(found.video, '\', '/'), ['/M' other 'use, links/trial 1.mp4']);
expect_equal(found.frame_rate, 500);
expect_equal(found.frame, (1:9)');
expect_equal(found.frame_from_0, (0:8)');
expect_equal(found.labels, [0 1 1 1 0 -1 1 0 0]');
expect_equal(found.class_names, {'NonTouch', touch});
expect_equal(class(found.probabilities), 'single');
expect_equal(found.probabilities([1:5, 7:9], 2), single([0.1 0.7 0.9 0.5 0.2 0.8 0.3 0]'));
expect_equal(isnan(found.probabilities), repmat((1:9)' == 6, 1, 2));
expect_equal(found.reason, [0 0 0 0 0 5 0 0 4]');
expect_equal(found.reason_names{found.reason(6) + 1}, 'damaged');
expect_equal(numel(found.reason_names), 6);
expect_equal(found.decision, struct('event_class', touch, 'threshold', 0.5, 'min_duration', 1, 'min_duration_ms', 2));
expect_equal(found.touches, struct('onset', [2; 7], 'offset', [4; 7], 'onset_from_0', [1; 6], 'offset_from_0', ...
    [3; 6], 'duration', [3; 1], 'duration_ms', [6; 2], 'label', [1; 1], 'class_name', {{touch; touch}}));
expect_equal(found.video_sha256, repmat('ab', 1, 32));
expect_equal(found.model_sha256, repmat('cd', 1, 32));
assert(~isempty(regexp(found.origin, '^machine [0-9a-f]{12}$', 'once')));

none = load(fullfile('session', 'b.mat'));
expect_equal(none.touches.onset, zeros(0, 1));
expect_equal(size(none.touches.class_name), [0 1]);

rows = tableOf(fullfile('session', 'trial 1.csv'));
expect_equal(rows{1}, {'video', 'frame', 'label', 'probability_NonTouch', 'probability_Ber_hrung', 'reason', 'origin'});
expect_equal(numel(rows), 10);
expect_equal(rows{3}([1:3, 5:7]), {'trial 1.mp4', '2', touch, sprintf('%.9g', single(0.7)), '', found.origin});
expect_equal(rows{7}(2:6), {'6', '', '', '', 'damaged'});
rows = tableOf(fullfile('session', 'trial 1_touches.csv'));
expect_equal(rows{1}(1:7), {'video', 'label', 'onset_frame', 'offset_frame', 'duration_frames', 'duration_ms', ...
    'left_out_frames'});
expect_equal(rows{2}(1:7), {'trial 1.mp4', touch, '2', '4', '3', '6', '1'});
expect_equal(numel(rows), 3);

about = touchtrain.inspect(fullfile('session', 'trial 1.mat'));
expect_equal(about.recordings.by, 'a model');
text = evalc('touchtrain.inspect(fullfile(''session'', ''trial 1.csv''))');
expect_has(text, {'by a model', 'IncludeMachineLabels'});
text = evalc('touchtrain.inspect(fullfile(''session'', ''trial 1.npy''))');
expect_has(text, {'9 frames', 'by a model'});
loaded = {found, none}; % as labels in memory
tiny_files('videos', 'videos');
movefile(fullfile('videos', 'second.mp4'), fullfile('videos', 'trial 1.mp4'));
expect_error('TouchTrain:MachineLabels', @() touchtrain.convertVideos(fullfile('videos', 'trial 1.mp4'), ...
    loaded(1), 'set', 'ClassNames', found.class_names, 'Verbose', false), 'IncludeMachineLabels');
end

function rows = tableOf(file)
% The cells of each line of a CSV file, without the mark of its encoding.
text = fileread(file);
start = strfind(text, 'video');
lines = regexp(strtrim(text(start(1):end)), '\r?\n', 'split');
rows = cellfun(@(line) strsplit(line, ',', 'CollapseDelimiters', false), lines, 'UniformOutput', false);
end
