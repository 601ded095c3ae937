function test_convert_videos()
% Videos and labels in every form become a dataset; the pairs are told first, and what is in it at the end.
labels = tiny_videos('videos');
text = evalc('touchtrain.convertVideos(''videos'', ''videos-labels.mat'', ''set'')');
expected = {'first.avi', 'videos-labels.mat', 'labels{1}', '48 frames', 'NonTouch 24, Touch 24', 'second.mp4', ...
    'third.mp4', '0 = NonTouch (68 frames), 1 = Touch (68 frames)', fullfile(pwd(), 'set'), '3 recordings', ...
    '136 frames', '48 x 64', 'NonTouch 68, Touch 68'};
for k = 1:numel(expected)
    place = strfind(text, expected{k});
    assert(~isempty(place), 'TouchTrain:Test', 'No "%s" in: %s', expected{k}, text);
    text = text(place(1):end);
end
assert(isempty(strfind(text, char(8))));

% A list of files, and labels in the workspace, of every kind.
files = {fullfile('videos', 'second.mp4'); fullfile('videos', 'first.avi')};
given = {labels{2}', logical(labels{1})};
report = touchtrain.convertVideos(files, given, 'set', 'Verbose', false);
expect_equal({report.recordings.name}, {'second', 'first'});
expect_equal([report.recordings.frames], [40 48]);
expect_equal({report.pairs.labels}, {'labels{1}', 'labels{2}'});
names = {'NonTouch', 'Touch'};
kinds = {labels{2}, labels{2}', {labels{2}}, logical(labels{2}), int8(labels{2}), names(labels{2} + 1), ...
    {names(labels{2} + 1)'}, string_like('categorical', names(labels{2} + 1))};
for k = 1:numel(kinds)
    [report, text] = quiet(string_like('string', files(1)), kinds{k}, 'set');
    expect_equal([report.counts.NonTouch report.counts.Touch], [20 20]);
    expect_equal(text, '');
end
left = labels{2};
left([1 2 40]) = [-1 NaN -1];
report = quiet(files{1}, left, 'set');
expect_equal([report.counts.NonTouch report.counts.Touch], [18 19]);

% With an output only the progress is shown; the order of the classes is as in convertArrays.
report = [];
text = evalc('report = touchtrain.convertVideos(files{1}, labels{2}, ''set'', ''ClassNames'', {''Touch'', ''Not''});');
assert(~isempty(strfind(text, 'second.mp4')) && isempty(strfind(text, fullfile(pwd(), 'set'))), ...
    'TouchTrain:Test', '%s', text);
expect_equal(report.label_mapping, struct('x0', 'Not', 'x1', 'Touch'));

% inspect tells of the files and of the job.
text = evalc('touchtrain.inspect(''videos-labels.mat'')');
assert(all(cellfun(@(fact) ~isempty(strfind(text, fact)), {'labels', '136 frames', '68', '5 bouts'})), ...
    'TouchTrain:Test', '%s', text);
video = touchtrain.inspect(files{1});
expect_equal({video.kind, video.frames, video.height, video.width}, {'video', 40, 48, 64});
text = evalc('touchtrain.inspect(files{1})');
assert(~isempty(regexp(text, '\<40\>.*48 x 64', 'once')), 'TouchTrain:Test', '%s', text);
quiet(files{1}, labels{2}, 'set', 'JobFolder', 'job');
job = touchtrain.inspect('job');
expect_equal({job.command, job.state, job.makes}, {'convert videos', 'done', fullfile(pwd(), 'set')});
expect_equal(job.report.frames, 40);
text = evalc('touchtrain.inspect(''job'')');
assert(~isempty(strfind(text, 'Conversion')) && ~isempty(strfind(text, '40 frames')), 'TouchTrain:Test', '%s', text);

% Blanks, and letters beyond ASCII, in every path.
letter = char(252);
if touchtrain.internal.values.isOctave()
    letter = char([195 188]);
end
movefile('videos', ['my v' letter 'deos']);
movefile('videos-labels.mat', ['l' letter 'bels 1.mat']);
report = quiet(['my v' letter 'deos'], ['l' letter 'bels 1.mat'], ['the s' letter 't'], ...
    'JobFolder', ['a j' letter 'b']);
expect_equal(report.path, fullfile(pwd(), ['the s' letter 't']));
expect_equal(report.frames, 136);
end

function [report, text] = quiet(varargin)
report = [];
text = evalc('report = touchtrain.convertVideos(varargin{:}, ''Verbose'', false);');
end
