function test_curate_videos_script()
% The control script: everything that is wrong is told at once, before anything is written; then each switch.
tiny_videos('videos');
tiny_files('model', 'model');
base = struct('modelPath', fullfile('model', 'known.h5'), 'dataPath', 'videos', 'outputFolder', 'marked');
check_faults(base);

curationParameters = with(base, 'CURATE', 0);
text = evalc('curate_videos');
expect_has(text, {'first: 48 of 48', 'second: 40 of 40', 'third', fullfile(pwd(), 'marked_check.png')});
assert(~isfolder('marked') && isfile('marked_check.png'));

tiny_files('session', 'marked');
labels = struct('video', {'trial 1.mp4', 'b.mp4'}, 'labels', {[0 1 1 1 0 -1 1 0 0], [0 1]});
save('by hand.mat', 'labels', '-v7');
marks = [];
agreement = [];
curationParameters = with(base, 'CHECK', 0, 'CURATE', 0, 'REDECIDE', 1, 'minDuration', 2, 'COMPARE', 1, ...
    'labelPath', 'by hand.mat');
text = evalc('curate_videos');
expect_has(text, {'11 frames', 'at least 2 frames'});
expect_equal(marks(1).labels', [0 1 1 1 0 -1 0 0 0]);
expect_equal(marks(2).touches.class_name, cell(0, 1));
expect_equal([agreement.frames agreement.confusion(2, :)], [10 2 3]);
assert(isfile(agreement.picture) && isfile(agreement.page) && exist('curation', 'var') == 0);
end

function check_faults(base)
bad = @(identifier, parameters, varargin) expect_error(identifier, @() run_script(parameters), varargin{:});
bad('TouchTrain:BadOption', 3, 'curationParameters');
bad('TouchTrain:UnknownOption', with(base, 'modelPaht', 'a'), 'modelPath');
bad('TouchTrain:UnknownOption', with(base, 'OnDamaged', 'skip'), 'OnDamage');
bad('TouchTrain:BadOption', with(base, 'Output', 'a'), 'outputFolder');
bad('TouchTrain:BadOption', with(base, 'Check', true), 'CHECK = 1');
bad('TouchTrain:BadOption', with(base, 'threshold', 7), 'Threshold');
bad('TouchTrain:BadOption', with(base, 'CURATE', 'yes', 'PREVIEW', 2, 'formats', 'xls'), '3', 'CURATE', 'PREVIEW', ...
    'Formats');
bad('TouchTrain:PathMissing', struct(), '2', 'modelPath', 'dataPath');
several = with(base, 'modelPath', 'no.h5', 'dataPath', 'none', 'labelPath', 'l.mat', 'centers', 'c.mat');
several.NoCenter = 'x';
bad('TouchTrain:PathMissing', several, '5', fullfile(pwd(), 'no.h5'), fullfile(pwd(), 'none'), 'l.mat', 'c.mat', ...
    'NoCenter');
bad('TouchTrain:PathMissing', with(base, 'COMPARE', 1), 'labelPath');
alone = with(base, 'CHECK', 0, 'CURATE', 0);
bad('TouchTrain:PathMissing', with(alone, 'REDECIDE', 1), '2', 'threshold', 'CURATE = 1');
bad('TouchTrain:PathMissing', with(alone, 'REDECIDE', 1, 'threshold', 0.5), fullfile(pwd(), 'marked'));
assert(~isfolder('marked'));
end

function run_script(curationParameters) %#ok<INUSD>
curate_videos
end
