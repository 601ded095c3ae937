function test_jobs()
% A conversion is listed, cancelled, resumed, watched and called by number and name; what is misspelled is told.
before = char(py.os.environ.get('TOUCHTRAIN_CONFIG'));
restoring = onCleanup(@() register_in(before)); %#ok<NASGU>
register_in(fullfile(pwd(), 'settings')); % without the jobs of other tests
expect_has(evalc('touchtrain.jobs'), {'no jobs'});
expect_has(evalc('touchtrain.stop'), {'No job is running'});
labels = tiny_videos('videos');
given = {jsonencode(fullfile(pwd(), 'videos')), touchtrain.internal.data.labelsForPython(labels, 0), ...
    fullfile(pwd(), 'of_test_jobs')};
begun = touchtrain.internal.jobs.startJob({'Roi', 20}, 'convertVideos', given{:});
expect_has(evalc('touchtrain.cancel'), {'(conversion, of_test_jobs) is cancelled', 'Complete recordings are kept', ...
    'touchtrain.resume('});
one = touchtrain.jobs;
expect_equal({one.number, one.folder}, {1, begun.folder});
expect_equal({one.name, one.kind, one.state, one.makes}, {'of_test_jobs', 'conversion', 'cancelled', given{3}});
assert(one.age >= 0 && isempty(one.host) && ~one.passing);
text = evalc('touchtrain.jobs');
expect_has(text, {'of_test_jobs', 'conversion', 'cancelled', given{3}});
here = touchtrain.jobs(pwd());
expect_equal({numel(here), here.number, here.folder}, {1, one.number, one.folder});
mkdir('empty');
expect_equal(size(touchtrain.jobs('empty')), [0 0]);
expect_has(evalc('touchtrain.jobs(''empty'')'), {'no jobs'});
expect_error('TouchTrain:PathMissing', @() touchtrain.jobs('nowhere'), 'nowhere');

report = [];
text = evalc('report = touchtrain.resume;'); % the latest that can be resumed
expect_has(text, {sprintf('Job %d (conversion, of_test_jobs)', one.number)});
expect_equal(report.frames, 136);
for which = {one.number, num2str(one.number), 'of_test_jobs', one.folder, fullfile('touchtrain-jobs', folder_name(one))}
    job = touchtrain.attach(which{1});
    expect_equal(job.Folder, one.folder);
end
expect_equal({job.State, job.ModelFile, job.Output}, {'done', '', given{3}});
again = fetchOutputs(job);
expect_equal(again.counts, report.counts);
latest = [];
text = evalc('latest = touchtrain.attach;');
expect_has(text, {'of_test_jobs', 'is done'});
expect_equal(latest.Folder, one.folder);
expect_has(evalc('touchtrain.stop(one.number)'), {'has ended already', 'done'});
expect_has(evalc('touchtrain.stop(job)'), {'has ended already'});
expect_has(evalc('touchtrain.cancel(''of_test_jobs'')'), {'has ended already'});
expect_has(evalc('touchtrain.stop'), {'No job is running', 'of_test_jobs', 'is done'});

for call = {@touchtrain.stop, @touchtrain.cancel, @touchtrain.attach, @touchtrain.resume}
    expect_error('TouchTrain:BadJob', @() call{1}('of_test_jbs'), 'Did you mean of_test_jobs', ...
        fullfile(pwd(), 'of_test_jbs'));
    for wrong = {0, 1.5, [1 2], '', {}, true, touchtrain.TrainingJob()}
        expect_error('TouchTrain:BadOption', @() call{1}(wrong{1}), 'touchtrain.jobs');
    end
end
remove(job);
assert(isempty(touchtrain.jobs));
end

function register_in(folder)
py.operator.setitem(py.os.environ, 'TOUCHTRAIN_CONFIG', folder);
end

function name = folder_name(job)
[~, name] = fileparts(job.folder);
end
