function test_convert_videos_faults()
% What is wrong with videos, labels and options is told by identifier, and nothing is written.
labels = tiny_videos('videos');
bad = @(identifier, given, varargin) expect_error(identifier, ...
    @() touchtrain.convertVideos(given{:}, 'JobFolder', 'job', 'Verbose', false), varargin{:});
file = 'videos-labels.mat';
bad('TouchTrain:PathMissing', {'nothing', file, 'set'}, 'nothing');
bad('TouchTrain:PathMissing', {'videos', 'nothing.mat', 'set'}, 'nothing.mat');
bad('TouchTrain:PathMissing', {'nothing', 'nothing.mat', 'set'}, '2', 'nothing.mat');
bad('TouchTrain:PathMissing', {'videos', 'labels', 'set'}, fullfile(pwd(), 'labels'));
bad('TouchTrain:PathMissing', {'videos', file, fullfile('missing', 'set')}, 'missing');
bad('TouchTrain:BadOption', {3, file, 'set'}, 'videos');
bad('TouchTrain:BadOption', {{}, file, 'set'}, 'videos');
bad('TouchTrain:BadOption', {'videos', '', 'set'}, 'labels');
bad('TouchTrain:UnknownOption', {'videos', file, 'set', 'Centres', [3 4]}, 'Centers');
bad('TouchTrain:UnknownOption', {'videos', file, 'set', 'FrameOrder', 'HWN'}, 'FrameOrder');
bad('TouchTrain:BadOption', {'videos', file, 'set', 'Roi', -3, 'Grey', 'blue'}, '2', 'Roi', '-3', 'Grey', 'blue');
expect_error('TouchTrain:BadOption', @() touchtrain.convertVideos('videos', file), 'touchtrain.convertVideos(videos');
found = dir('job*');
assert(isempty(found), 'TouchTrain:Test', 'A job was started for what is known to be wrong.');

% Found by the job.
bad('TouchTrain:Unpaired', {'videos', struct('a', [0 1]), 'set'}, 'first.avi');
bad('TouchTrain:BadLabels', {'videos', {}, 'set'});
bad('TouchTrain:BadLabels', {'videos', {labels{1}, labels{2}, labels{3} * 7}, 'set'}, 'third', '7');
bad('TouchTrain:LengthMismatch', {'videos', {labels{1}, labels{2}(1:35), labels{3}}, 'set'}, 'second.mp4', '40', '35');
bad('TouchTrain:LengthMismatch', {fullfile('videos', 'second.mp4'), [labels{2} 0], 'set'}, 'second.mp4');
bad('TouchTrain:Unpaired', {'videos', [labels labels(1)], 'set'}, '3 videos', '4');
bad('TouchTrain:Unpaired', {'videos', labels(1:2), 'set'}, '3 videos', '2');
bad('TouchTrain:Unpaired', {'videos', labels{1}, 'set'}, '3 videos');
bad('TouchTrain:OutOfFrame', {'videos', file, 'set', 'Roi', 61}, '61', '48 x 64');
bad('TouchTrain:OutOfFrame', {'videos', file, 'set', 'Roi', 21, 'Centers', [65 20]}, 'first', 'frame 1', '(65, 20)');

% Two orders of a folder: the one of dir and the one of the numbers.
mkdir('trials');
copyfile(fullfile('videos', 'first.avi'), fullfile('trials', 'trial2.avi'));
copyfile(fullfile('videos', 'second.mp4'), fullfile('trials', 'trial10.mp4'));
bad('TouchTrain:Unpaired', {'trials', labels(1:2), 'set'}, 'Pairing', '''natural''', ...
    'trial10.mp4, trial2.avi', 'trial2.avi, trial10.mp4');
report = touchtrain.convertVideos('trials', labels(1:2), 'natural', 'Pairing', 'natural', 'Verbose', false);
expect_equal({report.recordings.name}, {'trial2', 'trial10'});
expect_equal([report.recordings.frames], [48 40]);

nothing = 1; %#ok<NASGU>
save('other.mat', 'nothing', '-v7');
bad('TouchTrain:BadLabels', {'videos', 'other.mat', 'set'}, 'other.mat', 'nothing');
mkdir('empty');
bad('TouchTrain:BadVideo', {'empty', file, 'set'}, 'empty');
id = fopen('broken.mp4', 'w');
fclose(id);
bad('TouchTrain:BadVideo', {'broken.mp4', [0 1], 'set'}, 'broken.mp4');
found = dir('set*');
assert(isempty(found), 'TouchTrain:Test', 'Left over: %s', strjoin({found.name}, ' '));
end
