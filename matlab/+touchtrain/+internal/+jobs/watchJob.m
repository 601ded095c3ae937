function [ended, seen] = watchJob(job, how)
% WATCHJOB  Show the progress of a job until it ends or a time limit is reached.
%
%   ENDED = WATCHJOB(JOB, HOW): JOB is the status of the job, HOW the output of WATCHOPTIONS. ENDED is true if the job
%   has ended. Ctrl+C leaves the job running and prints its folder.
%   [ENDED, SEEN] = WATCHJOB(...) also returns the value of HOW.seen for the next call.
isTraining = strcmp(job.command, 'train');
isWatched = touchtrain.internal.values.Flag();
guard = onCleanup(@() printDetachHelp(job, isWatched)); %#ok<NASGU>
started = tic();
pausing = keepPausing(); %#ok<NASGU>
shown = touchtrain.internal.jobs.progressLine([], []);
shown.seen = how.seen;
curves = [];
if how.draws && isTraining
    curves = touchtrain.internal.figures.liveCurves([], job);
end
try
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
        pause(min([left, 0.7, max(0.1, toc(started) / 10)]));
    end
catch err
    isWatched.isSet = false; % an error, not Ctrl+C
    rethrow(err);
end
touchtrain.internal.jobs.progressLine(shown, []);
seen = shown.seen;
isWatched.isSet = false;
end

function printDetachHelp(job, isWatched)
% After Ctrl+C, print where the job is and how to control it.
if ~isWatched.isSet
    return
end
[name, product] = touchtrain.internal.jobs.jobNames(job);
isAttachable = any(strcmp(job.command, {'train', 'curate'}));
kept = 'completed work is kept, and the same call resumes it';
folder = touchtrain.internal.values.inQuotes(job.folder);
stopping = sprintf('fclose(fopen(%s, ''w'')); %s', touchtrain.internal.values.inQuotes(job.stop_file), kept);
if isAttachable
    if strcmp(job.command, 'train')
        kept = 'it finishes the batch and saves the best model so far';
    end
    stopping = sprintf('stop(touchtrain.TrainingJob(%s)); %s', folder, kept);
end
touchtrain.internal.values.show('\nThe %s continues in the background.\n', name);
job = touchtrain.internal.python.askPython('job_status', job.folder);
if ~isempty(job.cloud)
    touchtrain.internal.values.show('It runs in the cloud, and this computer monitors it.\n');
end
touchtrain.internal.values.show('  to inspect: touchtrain.inspect(%s)\n', folder);
touchtrain.internal.values.show('  to stop:    %s\n', stopping);
if isAttachable
    touchtrain.internal.values.show('  to attach:  job = touchtrain.TrainingJob(%s)\n', folder);
end
touchtrain.internal.values.show('  %-11s %s\n', [product ':'], job.makes);
end

function restoring = keepPausing()
% After 'pause off', pause returns at once, and this function would ask without a break.
restoring = [];
if ~touchtrain.internal.values.isOctave()
    state = pause('on'); % MATLAB only
    restoring = onCleanup(@() pause(state));
end
end
