function curves = liveCurves(curves, job)
% LIVECURVES  Draw the curves of a training while it runs, anew after each epoch, and a button that stops it.
%
%   CURVES = LIVECURVES([], JOB) begins; JOB is the status of the job. Where there is no display, it says so and nothing
%   will be drawn.
%   CURVES = LIVECURVES(CURVES, JOB) draws where there is news: all epochs so far, also those before it began. Where the
%   graphics fail a warning says so, once, and the training goes on without; so it does when the figure is closed.
if isempty(curves)
    curves = struct('figure', 'on', 'button', [], 'epochs', -1, 'isOff', ~touchtrain.internal.figures.hasDisplay());
    if curves.isOff
        fprintf('There is no display, so the curves are not drawn while it trains.\n');
    end
    return
end
if curves.isOff
    return
elseif ~ischar(curves.figure) && ~ishghandle(curves.figure)
    curves.isOff = true;
    return
end
ended = touchtrain.internal.jobs.jobHasEnded(job);
epochs = max(0, job.epoch - ~isfield(job.progress, 'val_loss')); % that are over
if ended || epochs > curves.epochs
    % The figures of an epoch are written a moment after its progress: so those that are there count.
    history = touchtrain.internal.jobs.jobHistory(job.folder);
    curves.epochs = numel(history.loss);
    curves = drawn(curves, job, history, ended);
end
if ~isempty(curves.button) && ishghandle(curves.button) && strcmp(job.state, 'stopping')
    set(curves.button, 'String', 'Stopping ...', 'Enable', 'off');
end
end

function curves = drawn(curves, job, history, ended)
try
    isNew = ischar(curves.figure);
    curves.figure = touchtrain.internal.figures.drawHistory(curves.figure, history);
    if isNew && ~ended
        curves.button = touchtrain.internal.figures.stopButton(curves.figure, job.stop_file);
    elseif ended && ~isempty(curves.button)
        delete(curves.button);
        curves.button = [];
    end
    drawnow();
catch err
    warning('TouchTrain:NoGraphics', 'The curves are not drawn. %s', err.message);
    curves.isOff = true;
end
end
