function test_label_forms()
% Labels in the forms that labs keep them in: structs, contact arrays, CSV files; with tags, names and trial numbers.
labels = tiny_videos('videos');
files = {'first.avi', 'second.mp4', 'third.mp4'};
wanted = quiet('videos', labels, 'set');

% A struct array with names, in another order, and a field that is a tag.
records = struct('video', files, 'labels', labels, 'animal', {'m1', 'm2', 'm1'});
report = quiet('videos', records([3 1 2]), 'set');
expect_equal(report.pairing, 'name');
expect_equal(report.counts, wanted.counts);
expect_equal(report.tags.animal.m1.Touch + report.tags.animal.m2.Touch, 68);
save('records.mat', 'records', '-v7');
again = quiet('videos', 'records.mat', 'set');
expect_equal(again.hash, report.hash);

% One column per class is no vector; the remedy makes one.
columns = [labels{1}(:) == 0, labels{1}(:) == 1];
for wrong = {columns, {columns, columns, columns}}
    expect_error('TouchTrain:BadLabels', @() touchtrain.convertVideos('videos', wrong{1}, 'set'), ...
        'max(labels, [], 2)', 'num2cell(labels, 1)');
end
[~, column] = max(columns, [], 2);
expect_equal((column - 1)', double(labels{1}(:)'));

% A contact array: touches as 1-based frames of any integer type, paired by the trial number in the file's name.
for k = 1:3
    copyfile(fullfile('videos', files{k}), ['trial' num2str(k + 254) files{k}(end - 3:end)]);
end
moved = {'trial255.avi', 'trial256.mp4', 'trial257.mp4'};
contacts = {};
for k = 3:-1:1
    contacts{end + 1} = struct('contactInds', {{find(labels{k})}}, 'trialNum', k + 254, ...
        'prepross', 2 * ones(size(labels{k}))); %#ok<AGROW>
end
contacts = [contacts(1), {zeros(1, 0)}, contacts(2:3)];
report = quiet(moved, contacts, 'set');
expect_equal(report.pairing, 'trial number');
expect_equal(report.counts, wanted.counts);
save('contacts.mat', 'contacts', '-v7');
touches = [0 1 1]; %#ok<NASGU>
licks = [1 0 0]; %#ok<NASGU>
save('several.mat', 'touches', 'licks', '-v6');
expect_error('TouchTrain:BadLabels', @() touchtrain.inspect('several.mat'), 'LabelVariable');
found = touchtrain.inspect('several.mat', 'LabelVariable', 'licks');
expect_equal(found.recordings.bouts, 1);
expect_error('TouchTrain:UnknownOption', @() touchtrain.inspect('several.mat', 'LabelVariabel', 'licks'), ...
    'LabelVariable');

text = evalc('touchtrain.inspect(''contacts.mat'')');
assert(~isempty(strfind(text, 'contact')) && ~isempty(strfind(text, '136 frames')), 'TouchTrain:Test', '%s', text);

% A CSV file with a row a frame; frames are counted from 1.
id = fopen('labels.csv', 'w');
fprintf(id, 'video,frame,label\n');
for k = 1:3
    fprintf(id, [files{k} ',%d,%d\n'], [1:numel(labels{k}); labels{k}]);
end
fclose(id);
report = quiet('videos', 'labels.csv', 'set');
expect_equal(report.counts, wanted.counts);

% A struct with one bout per row, and a CSV file without a header.
longest = cellfun(@(one) find(one, 1), labels);
bouts = struct('video', {files}, 'start_frame', longest, 'end_frame', longest, 'label', {{'Touch', 'Touch', 'Touch'}});
report = quiet('videos', bouts, 'set');
expect_equal([report.counts.Touch report.counts.NonTouch], [3 numel([labels{:}]) - 3]);
expect_equal(report.label_mapping.none, 'NonTouch');
dlmwrite('vector.csv', labels{1}(:));
report = quiet(fullfile('videos', files{1}), 'vector.csv', 'set');
expect_equal(report.counts.Touch, sum(labels{1}));

% Labels for fewer videos are an error that lists the others, unless that is wanted.
expect_error('TouchTrain:Unpaired', @() touchtrain.convertVideos('videos', records(1:2), 'set', 'Verbose', false), ...
    'third.mp4', 'OnUnpaired');
report = quiet('videos', records(1:2), 'set', 'OnUnpaired', 'skip');
expect_equal({report.recordings.name}, {'first', 'second'});

% Which frames are taken.
report = quiet(fullfile('videos', files{1}), labels{1}, 'set', 'FrameSpan', [1 8], 'Contrast', 'stretch');
expect_equal([report.frames report.left_out_why.outside_span], [8 40]);
report = quiet(fullfile('videos', files{1}), labels{1}, 'set', 'NegativeWindow', 1);
expect_equal([report.counts.NonTouch report.counts.Touch], [11 24]);
end

function report = quiet(varargin)
report = touchtrain.convertVideos(varargin{:}, 'Verbose', false);
end
