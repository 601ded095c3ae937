function curves = liveCurves(curves, job)
% LIVECURVES  Plot the curves of a running training after each epoch, with a Stop button.
%
%   CURVES = LIVECURVES([], JOB) begins; JOB is the status of the job. Without a display it prints a message, and later
%   calls do nothing.
%   CURVES = LIVECURVES(CURVES, JOB) updates the plot if an epoch has ended, with all epochs so far. If plotting fails
%   it warns once, and the training continues without plots. When the user closes the figure, only the plots end.
if isempty(curves)
    curves = struct('figure', 'on', 'button', [], 'epochs', -1, 'isOff', ~touchtrain.internal.figures.hasDisplay());
    if curves.isOff
        fprintf('There is no display, so the curves are not plotted during training.\n');
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
epochs = max(0, job.epoch - ~isfield(job.progress, 'val_loss')); % completed epochs
if ended || epochs > curves.epochs
    % The metrics of an epoch are written a moment after its progress, so count the epochs in the history.
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
    curves.isOff = true;
    if ~ischar(curves.figure) && ~ishghandle(curves.figure) % closed in the meantime
        return
    end
    warning('TouchTrain:NoGraphics', 'The curves cannot be plotted. %s', err.message);
end
end
