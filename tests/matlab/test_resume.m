function test_resume()
% A training that was cancelled and a conversion that was stopped go on, and give what they would have given.
% Trains a network.
expect_error('TouchTrain:BadJob', @() touchtrain.resume('nothing'), fullfile(pwd(), 'nothing'));
expect_error('TouchTrain:BadOption', @() touchtrain.resume(''), 'touchtrain.jobs');
expect_error('TouchTrain:BadJob', @() touchtrain.resume(3000), '3000');
expect_error('TouchTrain:UnknownOption', @() touchtrain.resume('nothing', 'MaxEpochs', 3), 'Verbose');
expect_error('TouchTrain:BadOption', @() touchtrain.resume('nothing', 'Verbose', 2), 'Verbose');
expect_error('TouchTrain:BadOption', @() touchtrain.resume('nothing', 'TrustCode', 'yes'), 'TrustCode');

tiny_set('set');
check_trust();
options = tiny_network();
job = touchtrain.trainInBackground('set', 'model', options{:}, 'JobFolder', 'training');
cancel(job);
history = [];
modelPath = '';
report = [];
text = evalc('[history, modelPath, report] = touchtrain.resume(''training'');');
expect_equal(size(history.val_loss), [1 2]);
expect_equal(modelPath, fullfile(pwd(), 'model.h5'));
assert(any(report.best_epoch == [1 2]) && isfile(modelPath));
told = regexp(text, '^epoch (\d)/2 [^\n]*\(val [^\n]*$', 'tokens', 'lineanchors');
expect_equal(cellfun(@(one) one{1}, told), '12');
assert(~isempty(strfind(text, modelPath)), 'TouchTrain:Test', '%s', text);
expect_equal(job.State, 'done');
expect_error('TouchTrain:BadJob', @() touchtrain.resume('training'), fullfile(pwd(), 'training'), 'done');

labels = tiny_videos('videos');
whole = convert(labels, 'whole');
begun = touchtrain.internal.jobs.startJob({'JobFolder', 'conversion', 'Roi', 20}, 'convertVideos', ...
    jsonencode(fullfile(pwd(), 'videos')), touchtrain.internal.data.labelsForPython(labels, 0), ...
    fullfile(pwd(), 'broken'));
touchtrain.internal.python.askPython('cancel_job', begun.folder);
expect_equal(isfolder('broken'), false);
none = '';
text = evalc('[report, none] = touchtrain.resume(''conversion'', ''Verbose'', false);');
expect_equal(text, '');
expect_equal(none, []);
expect_equal(report.counts, whole.counts);
expect_equal(report.path, fullfile(pwd(), 'broken'));
end

function report = convert(labels, name) %#ok<INUSL>
% The report of a conversion that is not broken off.
evalc('report = touchtrain.convertVideos(''videos'', labels, name, ''Roi'', 20);');
end

function check_trust()
% A job that somebody else began, and whose network is code, goes on only where that code is trusted.
folder = made_job('gift', 'failed');
id = fopen(fullfile(folder, 'settings.json'), 'w');
fprintf(id, '%s', jsonencode(struct('command', 'train', 'dataset', fullfile(pwd(), 'set'), 'model_path', ...
    fullfile(pwd(), 'gift.h5'), 'settings', struct('network', fullfile(pwd(), 'gift.py:build')))));
fclose(id);
expect_error('TouchTrain:BadJob', @() touchtrain.resume(folder), 'gift.py:build', 'TrustCode');
job = touchtrain.TrainingJob(folder);
expect_error('TouchTrain:BadJob', @() resume(job), 'TrustCode');
expect_error('TouchTrain:BadOption', @() resume(job, 'TrustCode', 3), 'TrustCode');
expect_error('TouchTrain:PathMissing', @() touchtrain.resume(folder, 'TrustCode', true, 'Verbose', false), 'gift.py');
end
