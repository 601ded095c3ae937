function [ended, seen] = watchJob(job, how)
% WATCHJOB  Show the progress of a job until it ends or a time limit is reached.
%
%   ENDED = WATCHJOB(JOB, HOW): JOB is the status of the job, HOW the output of WATCHOPTIONS. ENDED is true if the job
%   has ended. Ctrl+C, or an error while watching, leaves the job running; what is known of it is printed then.
%   [ENDED, SEEN] = WATCHJOB(...) also returns the value of HOW.seen for the next call.
isTraining = strcmp(job.command, 'train');
isWatched = touchtrain.internal.values.Flag();
guard = onCleanup(@() printLeft(job, isWatched)); %#ok<NASGU>
started = tic();
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
    left = how.seconds - toc(started);
    if ended || left <= 0
        break
    end
    % Poll often at first, to notice the end of a short job; then rarely, because polling slows down the training.
    touchtrain.internal.jobs.waitSeconds(min([left, 0.7, max(0.1, toc(started) / 10)]));
end
touchtrain.internal.jobs.progressLine(shown, []);
seen = shown.seen;
isWatched.isSet = false;
end

function printLeft(job, isWatched)
% After Ctrl+C or an error, print what has become of the job, and how to control it.
if isWatched.isSet
    touchtrain.internal.values.show('%s', touchtrain.internal.jobs.leftJobText(job));
end
end
