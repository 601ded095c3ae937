function curves = liveCurves(curves, status)
% LIVECURVES  Draw the curves of a training while it runs, anew after each epoch.
%
%   CURVES = LIVECURVES([], []) begins; where there is no display, it says so and nothing will be drawn.
%   CURVES = LIVECURVES(CURVES, STATUS) notes the figures of an epoch that the STATUS of the job tells, and draws.
%   CURVES = LIVECURVES(CURVES, HISTORY) draws the whole history at the end. Where the graphics fail a warning says so,
%   once, and the training goes on without.
if isempty(curves)
    curves = struct('figure', 'on', 'history', struct(), 'isOff', ~touchtrain.internal.hasDisplay());
    if curves.isOff
        fprintf('There is no display, so the curves are not drawn while it trains.\n');
    end
    return
end
before = curves.history;
if ~isfield(status, 'progress')
    curves.history = status;
elseif isfield(status.progress, 'val_loss')
    names = {'loss', 'accuracy', 'val_loss', 'val_accuracy'};
    for k = 1:numel(names)
        curve = [];
        if isfield(before, names{k})
            curve = before.(names{k});
        end
        curve(numel(curve) + 1:status.epoch) = NaN;
        curve(status.epoch) = status.progress.(names{k});
        curves.history.(names{k}) = curve;
    end
end
if ~curves.isOff && ~isequaln(curves.history, before)
    curves = drawn(curves);
end
end

function curves = drawn(curves)
try
    if ischar(curves.figure) || ishghandle(curves.figure) % else it was closed
        curves.figure = touchtrain.internal.drawHistory(curves.figure, curves.history);
        drawnow();
    end
catch err
    warning('TouchTrain:NoGraphics', 'The curves are not drawn. %s', err.message);
    curves.isOff = true;
end
end
