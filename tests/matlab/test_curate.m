function test_curate()
% Videos are marked by a model whose answers are known; the marks are variables at once, and files; a second call marks
% nothing again; a damaged video among good ones is named.
letter = char(252);
if touchtrain.internal.values.isOctave()
    letter = char([195 188]);
end
videos = ['my v' letter 'deos'];
labels = tiny_videos(videos);
tiny_files('model', 'model');
model = fullfile('model', 'known.h5');
id = fopen(fullfile(videos, 'fourth.mp4'), 'w');
fprintf(id, 'not a video');
fclose(id);
output = ['the m' letter 'rks'];
marks = [];
session = [];
lastwarn('', '');
given = struct('video', {'first.avi', 'second.mp4', 'third.mp4'}, 'labels', labels);
contacts = {struct('contactInds', {{[]}}, 'video', 'second.mp4', 'trialNum', 2), [], ...
    struct('contactInds', {{3}}, 'manualAdd', 3, 'video', 'first.avi', 'trialNum', 1, 'mine', 1i)};
text = evalc(['[marks, session] = touchtrain.curate(model, videos, ''Output'', output, ''Labels'', given, ' ...
    '''FrameRate'', 250, ''ContactArray'', contacts);']);
[~, identifier] = lastwarn();
expect_equal(identifier, 'TouchTrain:VideosFailed');
expect_equal(numel(strfind(text, 'chosen at 500')), 1); % a warning is printed once
expect_equal([session.comparison.equal session.comparison.frames], [1 136]);
expect_equal({session.comparison.pairs.disagreements.frame}, cell(0, 0));
expect_has(text, {'fourth.mp4', '3 videos', fullfile(pwd(), output), '136 frames', '17'});

expect_equal({marks.name}, {'first', 'second', 'third'});
expect_equal(marks(2).video, fullfile(pwd(), videos, 'second.mp4'));
for k = 1:3
    n = numel(labels{k});
    expect_equal(marks(k).frame, (1:n)');
    expect_equal(marks(k).labels, labels{k}');
    expect_equal(size(marks(k).probabilities), [n 2]);
    expect_equal(marks(k).probabilities(:, 2) >= 0.5, labels{k}' == 1);
    expect_equal(marks(k).reason, zeros(n, 1));
    expect_equal(marks(k).touches.onset, (5:8:n)');
    expect_equal(marks(k).touches.offset, (8:8:n)');
    expect_equal(marks(k).touches.duration, repmat(4, n / 8, 1));
    expect_equal(marks(k).touches.duration_ms, repmat(16, n / 8, 1));
end
expect_equal(marks(1).class_names, {'NonTouch', 'Touch'});
expect_equal(session.path, fullfile(pwd(), output));
expect_equal(session.names, {'first', 'second', 'third'});
expect_equal({session.failures.name}, {'fourth'});
expect_has(session.failures.why, 'fourth.mp4');
expect_has(evalc('touchtrain.inspect(output)'), {fullfile(pwd(), model), '3 videos', 'first', 'failed', 'fourth.mp4'});

about = touchtrain.inspect(fullfile(output, 'session.csv'));
expect_equal({about.kind, about.path}, {'session', session.path});

% A contact array of the workspace comes back as a file beside the results.
expect_has(text, session.contacts.path);
expect_equal(session.contacts.path, fullfile(pwd(), [output '_contacts.mat']));
expect_equal({session.contacts.changed, session.contacts.left.cell}, {1, 3});
after = load(session.contacts.path);
expect_equal(after.contacts{1}.contactInds{1}, find(labels{2} == 1));
expect_equal(after.contacts(2:3), contacts(2:3));
expect_error('TouchTrain:NotWritable', @() touchtrain.curate(model, videos, 'Output', output, 'ContactArray', ...
    contacts), session.contacts.path);
delete(session.contacts.path);
contacts = after.contacts(1);
save('contacts.mat', 'contacts', '-v7');

% The same in the file; and a second call, by the control script and with one more video, marks only that.
written = load(marks(2).files{1});
expect_equal(written.labels, marks(2).labels);
expect_equal(written.probabilities, marks(2).probabilities);
expect_equal(written.reason_names, marks(2).reason_names);
expect_equal(written.origin, marks(2).origin); % by which a conversion knows that a model wrote the labels
copyfile(fullfile(videos, 'third.mp4'), fullfile(videos, 'fourth.mp4'));
delete(fullfile(videos, 'first.avi'));
first = marks;
curationParameters = struct('modelPath', model, 'dataPath', videos, 'outputFolder', output, 'CHECK', 0, ...
    'frameRate', 250, 'contactPath', 'contacts.mat', 'Verbose', false); %#ok<NASGU>
evalc('curate_videos');
expect_equal({marks.name}, {'fourth', 'second', 'third'});
expect_equal(marks(2:3), first(2:3));
expect_equal([session.done session.kept session.failed], [3 2 0]);
expect_equal({session.failures.name}, cell(0, 0));
expect_equal([session.contacts.written session.contacts.changed], [1 0]);
again = load(session.contacts.path);
expect_equal(again.contacts, contacts);
delete(session.contacts.path);
contacts = after.contacts; % complex numbers, which Python could not write again unchanged
save('contacts.mat', 'contacts', '-v7');
[~, session] = touchtrain.curate(model, videos, 'Output', output, 'FrameRate', 250, 'Verbose', false, ...
    'ContactArray', 'contacts.mat');
expect_equal(session.kept, 3);
again = load(session.contacts.path);
expect_equal(again.contacts, contacts);
jobs = dir('touchtrain-jobs');
hasLabels = cellfun(@(name) isfile(fullfile('touchtrain-jobs', name, 'labels.mat')), {jobs.name});
expect_equal(sum(hasLabels), 1); % those of the variable; the job keeps them as long as it can be resumed
end
