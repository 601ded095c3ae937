function result = runJob(pairs, varargin)
% RUNJOB  Start a job, show how far it is until it ends, and return what it made.
%
%   RESULT = RUNJOB(PAIRS, NAME, ARGUMENT, ...) starts it by askPython(NAME, ARGUMENT, ..., options as JSON); PAIRS is
%   the row of options that NAMEVALUES gives, of which Verbose and Plots say what is shown. RESULT is as JOBRESULT
%   returns it. Ctrl-C lets the job go on, and it is said where.
jobFolder = touchtrain.internal.optionValue(pairs, 'JobFolder', []);
if ~isempty(jobFolder)
    pairs = [pairs, {'JobFolder', touchtrain.internal.absolutePath(jobFolder, 'JobFolder')}];
end
job = touchtrain.internal.askPython(varargin{:}, touchtrain.internal.optionsJson(pairs));
% Python has checked the options by now.
verbose = double(touchtrain.internal.optionValue(pairs, 'Verbose', true)) == 1;
draws = strcmpi(char(touchtrain.internal.optionValue(pairs, 'Plots', 'none')), 'training-progress');
curves = watched(job, verbose, draws, strcmp(varargin{1}, 'start_training'));
result = touchtrain.internal.jobResult(job.folder);
if draws
    touchtrain.internal.liveCurves(curves, result.history);
end
end

function curves = watched(job, verbose, draws, isTraining)
% Show how far the job is until it ends.
isWatched = touchtrain.internal.Flag();
guard = onCleanup(@() tellJobGoesOn(job, isWatched, isTraining)); %#ok<NASGU>
shown = touchtrain.internal.progressLine([], []);
curves = [];
if draws
    curves = touchtrain.internal.liveCurves([], []);
end
while true
    status = touchtrain.internal.askPython('job_status', job.folder, shown.seen, shown.live);
    if verbose
        shown = touchtrain.internal.progressLine(shown, status);
    end
    if draws
        curves = touchtrain.internal.liveCurves(curves, status);
    end
    if touchtrain.internal.jobHasEnded(status)
        break
    end
    pause(0.1); % shorter than a job shows the figures of an epoch
end
touchtrain.internal.progressLine(shown, []);
isWatched.isUp = false;
end

function tellJobGoesOn(job, isWatched, isTraining)
% Where the job is that was left by Ctrl-C and works on.
if ~isWatched.isUp
    return
end
texts = {'conversion', 'what is done is kept, and the same call goes on from there', 'dataset'};
if isTraining
    texts = {'training', 'it finishes the batch and saves the best model so far', 'model'};
end
fprintf('\nThe %s goes on in the background.\n', texts{1});
fprintf('  to look:  touchtrain.inspect(''%s'')\n', job.folder);
fprintf('  to stop:  fclose(fopen(''%s'', ''w'')); %s\n', job.stop_file, texts{2});
fprintf('  %-9s %s\n', [texts{3} ':'], job.makes);
end
