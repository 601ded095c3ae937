function fig = drawHistory(fig, history)
% DRAWHISTORY  Plot loss, accuracy and the monitored metric (if it is another one), each in its own axes.
%
%   FIG = DRAWHISTORY(FIG, HISTORY) replaces the plots in the figure FIG. If FIG is 'on' or 'off', it creates a visible
%   or invisible figure.
if ischar(fig)
    fig = touchtrain.internal.figures.newFigure(fig, [10 4.2]);
end
delete(findobj(fig, 'Type', 'axes'));
names = [{'loss', 'accuracy'}, monitored(history)];
width = 1 / numel(names);
try
    for k = 1:numel(names)
        caption = strrep(names{k}, '_', ' ');
        caption(1) = upper(caption(1));
        place = [(k - 1 + 0.15) * width, 0.22, 0.80 * width, 0.63]; % above: the Stop button; below: the legend
        ax = drawCurves(fig, place, history, names{k}, caption);
        if strcmp(names{k}, 'accuracy')
            ylim(ax, [lowest(history) 1.02]);
        end
    end
    drawLegend(fig, history);
catch err
    close(fig);
    if isempty(strfind(err.message, 'ft_text_renderer'))
        rethrow(err);
    end
    touchtrain.internal.values.fail('TouchTrain:NoGraphics', ...
        'Octave found no font for plots. Install FreeSans (on Debian and Ubuntu, the package fonts-freefont-otf).');
end
end

function names = monitored(history)
% Validation metric that selects the best epoch, if it is neither loss nor accuracy.
names = setdiff(fieldnames(history)', {'val_loss', 'val_accuracy'});
names = names(strncmp(names, 'val_', 4));
names = cellfun(@(name) name(5:end), names, 'UniformOutput', false);
end

function low = lowest(history)
% Lower limit of the accuracy axis: the largest multiple of 0.1, at most 0.9, that is not above any value.
low = 0.9;
fields = {'accuracy', 'val_accuracy'};
for k = 1:2
    if isfield(history, fields{k}) && ~isempty(history.(fields{k}))
        low = min(low, floor(10 * min(history.(fields{k}))) / 10); % min ignores NaN
    end
end
end

function ax = drawCurves(fig, position, history, name, caption)
% Plot one curve of the training frames and one of the validation frames.
fields = {name, ['val_' name]};
[~, colours] = sides();
ax = axes('Parent', fig, 'Position', position);
hold(ax, 'on');
last = 1;
for k = 1:2
    if isfield(history, fields{k}) && ~isempty(history.(fields{k}))
        values = history.(fields{k});
        plot(ax, 1:numel(values), values, '.-', 'Color', colours(k, :), 'LineWidth', 2, 'MarkerSize', 12);
        last = max(last, numel(values));
    end
end
hold(ax, 'off');
step = ceil(last / 10);
set(ax, 'XLim', [1 max(2, last)], 'XTick', step:step:max(2, last));
title(ax, caption);
xlabel(ax, 'epoch');
grid(ax, 'on');
end

function drawLegend(fig, history)
% Name the curves once, below the axes: a legend within axes lies on curves, one beside axes changes their size.
ax = axes('Parent', fig, 'Position', [0 0 1 0.08], 'Visible', 'off', 'XLim', [0 1], 'YLim', [0 1], 'Tag', 'sides');
[names, colours] = sides();
hold(ax, 'on');
isValidation = strncmp(fieldnames(history), 'val_', 4);
for k = find([any(~isValidation), any(isValidation)])
    left = 0.36 + 0.16 * (k - 1);
    plot(ax, [left, left + 0.04], [0.5 0.5], '-', 'Color', colours(k, :), 'LineWidth', 2);
    text(left + 0.05, 0.5, names{k}, 'Parent', ax);
end
hold(ax, 'off');
set(ax, 'XLim', [0 1], 'YLim', [0 1], 'Visible', 'off');
end

function [names, colours] = sides()
% Names and colours of the sides of the split.
names = {'training', 'validation'};
colours = [0.12 0.47 0.71; 0.84 0.15 0.16];
end
