function test_curate_in_background()
% A curation in the background: attached to by its folder, cancelled, and resumed by its folder.
labels = tiny_videos('videos');
tiny_files('model', 'model');
model = fullfile('model', 'known.h5');
marks = [];
session = [];
contacts = {struct('contactInds', {{[]}}, 'video', 'second.mp4', 'trialNum', 2)};
save('contacts.mat', 'contacts', '-v7');
job = touchtrain.curateInBackground(model, 'videos', 'Output', 'marked', 'Verbose', false, 'ContactArray', ...
    'contacts.mat', 'FrameMap', {1:numel(labels{2})});
assert(isa(job, 'touchtrain.TrainingJob') && any(strcmp(job.State, {'waiting', 'running'})));
expect_equal(job.Output, fullfile(pwd(), 'marked'));
expect_equal(job.ModelFile, '');
expect_error('TouchTrain:BadJob', @() plot(job, 'File', 'curves'), 'curation');
expect_has(evalc('disp(job)'), {'Curation', job.Folder, fullfile(pwd(), 'marked')});
other = touchtrain.TrainingJob(job.Folder);
cancel(other);
expect_equal(job.State, 'cancelled');
text = evalc('touchtrain.resume(job.Folder)');
expect_has(text, {'3 videos', fullfile(pwd(), 'marked')});
text = evalc('[marks, session] = fetchOutputs(other, ''Verbose'', false);');
expect_equal(text, '');
expect_equal({marks.labels}, {labels{1}', labels{2}', labels{3}'});
expect_equal([session.done session.failed], [3 0]);
expect_equal(session.path, fullfile(pwd(), 'marked'));
after = load(session.contacts.path);
expect_equal(after.contacts{1}.contactInds{1}, find(labels{2} == 1));
expect_has(evalc('touchtrain.inspect(job.Folder)'), {'done', '3 videos', fullfile(pwd(), 'marked')});
end
