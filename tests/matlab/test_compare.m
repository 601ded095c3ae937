function test_compare()
% Labels are compared with labels: variables, files, several of each, and a folder for the page.
truth = [0 0 0 0 1 1 1 1 1 0 0 0 0 0 1 1 1 1 1 1 0 0 0 0];
late = [0 0 0 truth(1:end - 3)];
report = touchtrain.compare(late, truth, 'FrameRate', 500, 'Verbose', false);
expect_equal(report.frames, 24);
touch = report.events.Touch;
expect_equal([touch.touches touch.found touch.count_errors], [2 2 0]);
expect_equal([touch.onset_error.frames.median touch.onset_error.frames.mean touch.offset_error.ms.median], [3 3 6]);
expect_equal(report.confusion, [7 6; 6 5]);
expect_equal(report.pairs.predicted, 'predicted');
expect_equal(report.disagreements(1).frame, 6); % the middle of the first run of frames that differ, from 1

folder = [char([195 182]) ' ut'];
labels = struct('video', {'a.mp4', 'b.mp4'}, 'labels', {truth, late});
save('anna.mat', 'labels', '-v7');
labels(2).labels = truth;
save('ben.mat', 'labels', '-v7');
marks = struct('name', {'a'}, 'video', {'x/A.mp4'}, 'class_names', {{'Touch', 'NonTouch'}}, 'frame', (1:24)', ...
    'probabilities', [truth' 1 - truth'], 'labels', 1 - truth', 'reason', zeros(24, 1), 'frame_rate', 250);
report = touchtrain.compare(marks, struct('Anna', 'anna.mat', 'Ben', 'ben.mat'), 'Output', folder, 'Verbose', false);
expect_equal({report.pairs.reference}, {'Anna', 'Ben', 'Anna'});
expect_equal(report.kappa, 1);
expect_equal(report.pairs(1).alone.reference, {'b'});
assert(isfile(fullfile(folder, 'comparison.html')) && isfile(report.picture));

map = containers.Map({'a.mp4', 'b.mp4'}, {truth, late});
text = evalc('touchtrain.compare(map, {''anna.mat'', ''ben.mat''}, ''Verbose'', false)');
assert(numel(strfind(text, ' compared with ')) == 3, 'TouchTrain:Test', '%s', text);
names = {'NonTouch', 'Touch'};
expect_error('TouchTrain:LengthMismatch', @() touchtrain.compare({names(truth + 1)'}, {truth(2:end)'}, ...
    'Verbose', false), 'OnLength');
mkdir('Touch'); % as in a folder of images for each class
report = touchtrain.compare(names(truth + 1), names(late + 1), 'Verbose', false);
expect_equal(report.frames, 24);
expect_error('TouchTrain:PathMissing', @() touchtrain.compare({'Touch', 'nobody'}, truth), 'nobody');
expect_error('TouchTrain:BadOption', @() touchtrain.compare({'anna.mat', 'anna.mat'}, truth), 'twice');
expect_error('TouchTrain:PathMissing', @() touchtrain.compare('nobody.mat', truth), 'nobody.mat');
expect_error('TouchTrain:UnknownOption', @() touchtrain.compare(truth, truth, 'OutPut', 'x', 'Outputt', 'x'), 'Output');
expect_error('TouchTrain:BadLabels', @() touchtrain.compare({}, truth), 'predicted');
end
