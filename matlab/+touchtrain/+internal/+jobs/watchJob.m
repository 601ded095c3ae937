function [ended, seen] = watchJob(job, how)
% WATCHJOB  Show how far a job is until it ends, or for a time.
%
%   ENDED = WATCHJOB(JOB, HOW): JOB is the status of the job, as it was when it was started or asked for, HOW as
%   WATCHOPTIONS makes it. ENDED tells whether the job works no more. Ctrl-C ends the watching only, and it is said
%   where the job is.
%   [ENDED, SEEN] = WATCHJOB(...) returns what HOW.seen has to be the next time.
isTraining = strcmp(job.command, 'train');
isWatched = touchtrain.internal.values.Flag();
guard = onCleanup(@() tellJobGoesOn(job, isWatched)); %#ok<NASGU>
began = tic();
shown = touchtrain.internal.jobs.progressLine([], []);
shown.seen = how.seen;
curves = [];
if how.draws && isTraining
    curves = touchtrain.internal.figures.liveCurves([], job);
end
while true
    status = touchtrain.internal.python.askPython('job_status', job.folder, shown.seen, shown.live);
    if how.isVerbose
        shown = touchtrain.internal.jobs.progressLine(shown, status);
    end
    if ~isempty(curves)
        curves = touchtrain.internal.figures.liveCurves(curves, status);
    end
    ended = touchtrain.internal.jobs.jobHasEnded(status);
    left = how.seconds - toc(began);
    if ended || left <= 0
        break
    end
    % Often at first, lest a short job is waited for in vain; then seldom, since asking takes time from the training.
    pause(min([left, 0.7, max(0.1, toc(began) / 10)]));
end
touchtrain.internal.jobs.progressLine(shown, []);
seen = shown.seen;
isWatched.isUp = false;
end

function tellJobGoesOn(job, isWatched)
% Where the job is that was left by Ctrl-C and works on.
if ~isWatched.isUp
    return
end
[name, product] = touchtrain.internal.jobs.jobWords(job);
isTraining = strcmp(job.command, 'train');
stopping = sprintf('fclose(fopen(''%s'', ''w'')); what is done is kept, and the same call goes on from there', ...
    job.stop_file);
if isTraining
    stopping = sprintf(['stop(touchtrain.TrainingJob(''%s'')); ' ...
        'it finishes the batch and saves the best model so far'], job.folder);
end
touchtrain.internal.values.show('\nThe %s goes on in the background.\n', name);
job = touchtrain.internal.python.askPython('job_status', job.folder);
if ~isempty(job.cloud)
    touchtrain.internal.values.show('It is in the cloud, and is watched from here.\n');
end
touchtrain.internal.values.show('  to look:    touchtrain.inspect(''%s'')\n', job.folder);
touchtrain.internal.values.show('  to stop:    %s\n', stopping);
if isTraining
    touchtrain.internal.values.show('  to attach:  job = touchtrain.TrainingJob(''%s'')\n', job.folder);
end
touchtrain.internal.values.show('  %-11s %s\n', [product ':'], job.makes);
end
