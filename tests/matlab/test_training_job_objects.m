function test_training_job_objects()
% Objects of jobs: without a job, of the same job, in arrays; ending what has ended; curves that are updated.
none = touchtrain.TrainingJob();
expect_equal({none.Folder, none.State, none.ModelFile, none.Output}, {'', '', '', ''});
expect_equal({none.Progress, none.Cloud, none.Error}, {struct(), [], []});
expect_equal(size(none.History.val_loss), [1 0]);
expect_equal({wait(none), numel(none), isempty(none)}, {true, 1, false});
expect_has(evalc('none'), {'no job'});
expect_has(evalc('stop(none)'), {'no job'});
expect_has(evalc('cancel(none)'), {'no job'});
for call = {@fetchOutputs, @resume, @logs, @remove, @plot}
    expect_error('TouchTrain:BadJob', @() call{1}(none), 'touchtrain.TrainingJob(folder)');
end
expect_equal(getfield(saveobj(none), 'Folder'), '');

% Equal are objects of the same job.
folder = made_job('one', 'done', 0.5);
made_job('other', 'failed', 0.5);
one = touchtrain.TrainingJob('one');
again = touchtrain.TrainingJob(folder);
other = touchtrain.TrainingJob('other');
assert(one == one && one == again && ~(one ~= again) && isequal(one, again, one)); %#ok<EQEFF>
assert(one ~= other && ~(one == other) && ~isequal(one, other) && ~isequal(one, again, other));
assert(~(one == none) && none == touchtrain.TrainingJob() && ~isequal(one, folder) && ~(one == 3));
expect_equal(one == [1 2 3], false(1, 3));
expect_equal([4; 5] ~= one, true(2, 1));
expect_equal({isempty(one), numel(one), size(one)}, {false, 1, [1 1]});
expect_equal(cellfun(@(job) job.State, {one, other}, 'UniformOutput', false), {'done', 'failed'});

% What has ended is not ended again, and no error.
expect_has(evalc('cancel(one)'), {folder, 'done'});
expect_has(evalc('stop(one)'), {folder, 'done'});
expect_equal({one.State, isfile(fullfile(folder, 'stop'))}, {'done', false});
expect_has(evalc('cancel(other)'), {'failed'});
lost = touchtrain.TrainingJob(made_job('lost', 'running', 0.5));
expect_has(evalc('cancel(lost)'), {'lost'});
expect_equal(lost.State, 'lost');
rmdir_all('lost');
expect_error('TouchTrain:BadJob', @() cancel(lost), 'lost');

% Time limits.
expect_equal({wait(one, 0), wait(one, 'Timeout', 1), wait(one, duration_like(2))}, {true, true, true});
expect_equal(touchtrain.internal.jobs.inSeconds(duration_like(90)), 90);
expect_error('TouchTrain:BadOption', @() wait(one, duration_like(NaN)), 'duration');
expect_error('TouchTrain:BadOption', @() wait(one, int8([1 2])), 'seconds');

% The curves of a job are updated in its figure, unless that was closed.
fig = plot(one);
made_job('one', 'done', 0.5, 0.4);
expect_equal(plot(one), fig);
expect_equal(get(findobj(fig, 'Type', 'line', 'Tag', 'loss'), 'YData'), [0.5 0.4]);
plot(one, 'File', 'curves');
assert(isfile('curves.png') && ishghandle(fig));
close(fig);
strange = figure('Visible', 'off');
fig = plot(one);
assert(isempty(get(strange, 'Children')) && ~isequal(fig, strange));
close(fig);
close(strange);
if ~touchtrain.internal.values.isOctave() % which has no arrays of objects
    check_arrays(one, other);
end
end

function check_arrays(one, other)
jobs = [one, other];
jobs(4) = one; % the third is attached to no job
expect_equal({jobs.State}, {'done', 'failed', '', 'done'});
expect_equal(jobs == one, [true false false true]);
expect_equal(jobs ~= jobs, false(1, 4));
assert(isequal(jobs(1:2), [one other]) && ~isequal(jobs, one) && ~isequal(jobs(1:2), jobs([2 1])));
expect_equal(wait(jobs, 1), true(1, 4));
expect_equal(arrayfun(@(job) numel(job.History.loss), jobs), [2 1 0 2]);
text = evalc('jobs');
expect_has(text, {'1x4', one.Folder, 'failed', 'no job'});
evalc('cancel(jobs)');
nothing = jobs([]);
assert(isempty(nothing) && isempty(wait(nothing)));
expect_has(evalc('nothing'), {'array of touchtrain.TrainingJob'});
expect_equal(evalc('cancel(nothing)'), '');
assert(isempty(touchtrain.TrainingJob.empty())); %#ok<NASGU> MATLAB only
for call = {@fetchOutputs, @logs, @plot}
    expect_error('TouchTrain:BadJob', @() call{1}(jobs), '4');
end
expect_error('TouchTrain:BadOption', @() jobs == jobs(1:2), 'same size');
remove(jobs(1:2));
assert(~isfolder(one.Folder) && ~isfolder(other.Folder));
end

function rmdir_all(folder)
if touchtrain.internal.values.isOctave()
    confirm_recursive_rmdir(false, 'local'); % Octave only
end
rmdir(folder, 's');
end
