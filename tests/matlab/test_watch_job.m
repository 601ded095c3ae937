function test_watch_job()
% A job that is no longer watched is said to continue only if it does; the printed commands work for every folder.
mkdir('it''s mine');
cd('it''s mine');
folder = made_job('job', 'running', 0.5);
job = touchtrain.internal.python.askPython('job_status', folder);
expect_equal(job.state, 'lost'); % there is no process
text = touchtrain.internal.jobs.leftJobText(job);
expect_has(text, {'lost', sprintf('touchtrain.resume(''%s'')', strrep(folder, '''', ''''''))});
assert(isempty(strfind(text, 'background')), 'TouchTrain:Test', '%s', text);

% With the process that answers as its process, it runs. It has no number, so the commands name its folder.
processes = py.importlib.import_module('pyside.system.processes');
alive = char(py.json.dumps(processes.identity(py.os.getpid())));
write(fullfile(folder, 'process.json'), alive);
text = touchtrain.internal.jobs.leftJobText(job);
expect_has(text, {'The training continues in the background.', 'saves the best model so far', 'touchtrain.jobs', ...
    job.makes, sprintf('touchtrain.cancel(''%s'')', strrep(folder, '''', ''''''))});
attached = eval([regexp(text, '(?<=job = )touchtrain\.attach[^\n]*', 'match', 'once') ';']);
expect_equal(attached.State, 'running');

how = touchtrain.internal.jobs.watchOptions({'Verbose', false});
err = []; %#ok<NASGU>
text = evalc('err = watched(job, rmfield(how, ''isVerbose''));'); % an error of ours while watching
assert(~isempty(err));
expect_has(text, {'continues in the background'});
stopping = regexp(text, 'touchtrain\.stop[^\n]*', 'match', 'once'); % with the comment after it
expect_has(evalc(stopping), {'asked to stop', 'saves the best model so far'});
assert(isfile(fullfile(folder, 'stop')));
text = evalc('err = watched(job, setfield(how, ''seconds'', 0));');
expect_equal({isempty(err), text}, {true, ''});

% With a number, the commands are short. Each kind of job says what is kept of it.
register = py.importlib.import_module('pyside.jobs.own.register');
register.add(folder);
number = double(register.number_of(folder));
settings = struct('command', 'curate', 'output', fullfile(pwd(), 'marked'));
write(fullfile(folder, 'settings.json'), jsonencode(settings));
now = touchtrain.internal.python.askPython('job_status', folder);
text = touchtrain.internal.jobs.leftJobText(now);
expect_has(text, {sprintf('The curation continues in the background as job %d.', number), ...
    sprintf('touchtrain.stop(%d)  %% Videos that are marked stay marked.', number), ...
    sprintf('touchtrain.cancel(%d)', number), sprintf('job = touchtrain.attach(%d)', number), settings.output});
attached = eval([regexp(text, '(?<=job = )touchtrain\.attach[^\n]*', 'match', 'once') ';']);
expect_equal(attached.Folder, folder);

% Done, or gone.
made_job('job', 'done', 0.5);
text = touchtrain.internal.jobs.leftJobText(job);
expect_has(text, {'has ended: it is done', job.makes});
gone = fullfile(pwd(), 'gone');
job.folder = gone;
text = evalc('err = watched(job, how);');
expect_equal(err.identifier, 'TouchTrain:BadJob');
expect_has(text, {'not known', gone});
assert(isempty(strfind(text, 'background')) && isempty(strfind(text, '  to ')), 'TouchTrain:Test', '%s', text);
check_wait();
check_stack();
end

function check_wait()
% After 'pause off', too, time passes.
before = pause('off');
restoring = onCleanup(@() pause(before)); %#ok<NASGU>
began = tic();
touchtrain.internal.jobs.waitSeconds(0.2);
assert(toc(began) > 0.19, 'TouchTrain:Test', '%g', toc(began));
expect_equal(pause('off'), 'off');
end

function check_stack()
% Where text cannot be erased, lines are printed.
erases = @(name, file) touchtrain.internal.jobs.erasesText( ...
    struct('name', {'train', name}, 'file', {'/a/train.m', file}));
assert(erases('my_script', '/home/me/my_script.m') && erases('evaluateCode', '/home/me/evaluateCode.m'));
temporary = 'C:\Users\me\AppData\Local\Temp\Editor_abcde\LiveEditorEvaluationHelperESectionEval.m';
assert(~erases('LiveEditorEvaluationHelperESectionEval', temporary));
assert(~erases('LiveEditorEvaluationHelperE1234>inner', '') && ~erases('', temporary));
assert(~erases('evaluateCode', '/opt/MATLAB/toolbox/matlab/codetools/+matlab/+internal/+editor/evaluateCode.m'));
assert(~erases('publish', '/opt/MATLAB/toolbox/matlab/codetools/publish.m'));
assert(~erases('execute', '/usr/lib/python3/site-packages/jupyter_matlab_kernel/matlab/+jupyter/execute.m'));
assert(touchtrain.internal.jobs.erasesText(struct('name', {}, 'file', {})));
end

function err = watched(job, how)
err = [];
try
    touchtrain.internal.jobs.watchJob(job, how);
catch err
end
end

function write(file, text)
id = fopen(file, 'w');
fprintf(id, '%s', text);
fclose(id);
end
