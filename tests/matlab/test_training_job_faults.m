function test_training_job_faults()
% What is wrong with attaching and waiting is told; a job goes into a .mat file as its folder.
expect_error('TouchTrain:BadJob', @() touchtrain.TrainingJob('nothing'), fullfile(pwd(), 'nothing'));
expect_error('TouchTrain:BadJob', @() touchtrain.TrainingJob(pwd()), pwd());
for value = {3, struct('path', pwd()), struct('Folder', {'a', 'b'}), {}}
    expect_error('TouchTrain:BadOption', @() touchtrain.TrainingJob(value{1}), 'folder');
end
expect_error('TouchTrain:BadOption', @() touchtrain.trainInBackground('set'), 'trainInBackground(dataset, modelFile');
expect_error('TouchTrain:PathMissing', @() touchtrain.trainInBackground('nothing', 'model'), 'nothing');
expect_error('TouchTrain:UnknownOption', @() touchtrain.trainInBackground('nothing', 'model', 'Epochs', 3), 'Epochs');

folder = made_job('job', 'running', 0.5, 0.25); % its process is gone
job = touchtrain.TrainingJob('job');
expect_equal(job.Folder, folder);
expect_equal(job.State, 'lost');
expect_equal(job.Error.identifier, 'TouchTrain:JobFailed');
assert(~isempty(job.Error.message) && isempty(job.Error.log) && isempty(job.Error.traceback));
expect_equal(job.History.val_loss, [0.5 0.25] + 0.2);
expect_error('TouchTrain:JobFailed', @() fetchOutputs(job), folder);
expect_error('TouchTrain:BadOption', @() wait(job, -1), 'seconds');
for limit = {NaN, {}, {5}, [], {1, 2}}
    expect_error('TouchTrain:BadOption', @() wait(job, limit{1}), 'seconds');
end
expect_error('TouchTrain:BadOption', @() wait(job, 'Timeout', '1 min'), 'duration');
expect_error('TouchTrain:BadOption', @() wait(job, string_like('missing', {[]})), 'duration');
expect_error('TouchTrain:BadOption', @() wait(job, 'verb', 3), 'Verbose');
expect_error('TouchTrain:BadOption', @() wait(job, struct('Verbose', 3)), 'Verbose');
expect_error('TouchTrain:UnknownOption', @() fetchOutputs(job, 'Timeout', 1), 'Timeout');
expect_error('TouchTrain:BadOption', @() wait(job, 1, 'Verbose', 'no'), 'Verbose');
expect_error('TouchTrain:BadOption', @() wait(job, 'Plots', 'some'), 'training-progress');
expect_error('TouchTrain:UnknownOption', @() wait(job, 'Patience', 1), 'Patience');
text = evalc('touchtrain.inspect(folder)');
parts = {'lost', 'error ', ['touchtrain.resume(''' folder ''')']};
assert(all(cellfun(@(part) ~isempty(strfind(text, part)), parts)), 'TouchTrain:Test', '%s', text);

fault = struct('kind', 'BadFrames', 'identifier', 'TouchTrain:BadFrames', 'text', sprintf('One line.\nAnother.'));
write(fullfile(folder, 'error.json'), jsonencode(fault));
write(fullfile(folder, 'log.txt'), sprintf('first\nlast\n'));
write(fullfile(folder, 'traceback.txt'), 'where');
made_job('job', 'failed');
expect_equal(job.State, 'failed');
expect_equal(job.Error.log, {'first', 'last'});
expect_equal(job.Error.traceback, fullfile(folder, 'traceback.txt'));
expect_error('TouchTrain:BadFrames', @() fetchOutputs(job), 'Another');
text = evalc('job');
parts = {' One line.', sprintf('\n%sAnother.\n', repmat(' ', 1, 18)), ' first', fullfile(folder, 'traceback.txt')};
assert(all(cellfun(@(part) ~isempty(strfind(text, part)), parts)), 'TouchTrain:Test', '%s', text);

saved = saveobj(job);
expect_equal(saved, struct('Folder', folder));
again = touchtrain.TrainingJob.loadobj(saved);
expect_equal(again.Folder, folder);
expect_equal(again.State, 'failed');
elsewhere = touchtrain.TrainingJob.loadobj(struct('Folder', fullfile(pwd(), 'elsewhere')));
expect_error('TouchTrain:BadJob', @() elsewhere.State, 'elsewhere');

% A job of any kind is watched by the same object.
mkdir('conversion');
write(fullfile('conversion', 'settings.json'), jsonencode(struct('command', 'convert videos', 'dataset', 'set')));
job = touchtrain.TrainingJob('conversion');
expect_equal({job.State, job.ModelFile, job.Output, size(job.History.loss)}, {'lost', '', 'set', [1 0]});
expect_error('TouchTrain:BadJob', @() plot(job), 'conversion');
expect_has(evalc('job'), {'Conversion ', 'dataset', 'lost'});
write(fullfile('conversion', 'state.json'), jsonencode(struct('state', 'done')));
write(fullfile('conversion', 'result.json'), jsonencode(struct('path', 'set', 'frames', 3)));
expect_equal(getfield(fetchOutputs(job), 'frames'), 3);
end

function write(file, text)
id = fopen(file, 'w');
fprintf(id, '%s', text);
fclose(id);
end
