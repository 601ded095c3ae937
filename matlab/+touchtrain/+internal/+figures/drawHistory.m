function fig = drawHistory(fig, history)
% DRAWHISTORY  Plot loss, accuracy and the monitored metric (if it is another one), each in its own axes.
%
%   FIG = DRAWHISTORY(FIG, HISTORY) updates the curves in FIG, a figure that this function made. Axes, lines and data
%   tips stay, and so do the limits of axes that a person has zoomed or panned. If FIG is 'on' or 'off', it creates a
%   visible or invisible figure.
%
%   The tag of an axes is the name of its metric, that of a line the field of HISTORY.
isNew = ischar(fig);
if isNew
    fig = touchtrain.internal.figures.newFigure(fig, [10 4.2]);
end
try
    drawLegend(fig, history);
    names = [{'loss', 'accuracy'}, monitored(history)];
    for k = 1:numel(names)
        ax = axesOf(fig, names{k}, k, numel(names));
        last = drawCurves(ax, history, names{k});
        follow(ax, 'XLim', [1 max(2, last)]);
        if strcmp(names{k}, 'accuracy')
            follow(ax, 'YLim', [lowest(history) 1.02]);
        end
    end
catch err
    if isNew && ishghandle(fig)
        close(fig);
    end
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

function ax = axesOf(fig, name, k, count)
% Axes of a metric, the k-th of COUNT. Above it is space for the Stop button, below it for the legend.
ax = findobj(fig, 'Type', 'axes', 'Tag', name);
place = [(k - 1 + 0.15) / count, 0.25, 0.80 / count, 0.60];
if ~isempty(ax)
    follow(ax, 'Position', place);
    return
end
ax = axes('Parent', fig, 'Position', place, 'Tag', name, 'Box', 'on');
setappdata(ax, 'Position', place);
caption = strrep(name, '_', ' ');
caption(1) = upper(caption(1));
title(ax, caption);
xlabel(ax, 'epoch');
grid(ax, 'on');
end

function last = drawCurves(ax, history, name)
% Plot one curve of the training frames and one of the validation frames. LAST is the last epoch.
fields = {name, ['val_' name]};
[names, colours] = sides();
last = 1;
for k = 1:2
    if ~isfield(history, fields{k}) || isempty(history.(fields{k}))
        continue
    end
    curve = findobj(ax, 'Type', 'line', 'Tag', fields{k});
    if isempty(curve)
        curve = line('Parent', ax, 'Tag', fields{k}, 'DisplayName', names{k}, 'Color', colours(k, :), ...
            'LineWidth', 2, 'Marker', '.', 'MarkerSize', 12);
    end
    values = history.(fields{k});
    set(curve, 'XData', 1:numel(values), 'YData', values);
    last = max(last, numel(values));
end
if last <= 10 % otherwise there would be ticks between epochs
    set(ax, 'XTick', 1:max(2, last));
else
    set(ax, 'XTickMode', 'auto');
end
end

function follow(ax, property, value)
% Set a property, unless a person has changed it since it was last set here.
last = getappdata(ax, property);
if isempty(last) || isequal(get(ax, property), last)
    set(ax, property, value);
    setappdata(ax, property, value);
end
end

function drawLegend(fig, history)
% Name the curves once, below the axes: a legend within axes lies on curves, one beside axes changes their size. These
% axes are no aim for commands and clicks of a person.
ax = findall(fig, 'Type', 'axes', 'Tag', 'sides');
if isempty(ax)
    ax = axes('Parent', fig, 'Position', [0 0 1 0.08], 'Visible', 'off', 'XLim', [0 1], 'YLim', [0 1], ...
        'Tag', 'sides', 'HandleVisibility', 'off', 'HitTest', 'off');
    if ~touchtrain.internal.values.isOctave()
        set(ax, 'Toolbar', [], 'PickableParts', 'none');
        disableDefaultInteractivity(ax); % MATLAB only
    end
end
[names, colours] = sides();
isValidation = strncmp(fieldnames(history), 'val_', 4);
for k = find([any(~isValidation), any(isValidation)])
    if isempty(findall(ax, 'Type', 'text', 'String', names{k}))
        left = 0.36 + 0.16 * (k - 1);
        line('Parent', ax, 'XData', [left, left + 0.04], 'YData', [0.5 0.5], 'Color', colours(k, :), 'LineWidth', 2);
        text(left + 0.05, 0.5, names{k}, 'Parent', ax);
    end
end
end

function [names, colours] = sides()
% Names and colours of the sides of the split. MATLAB's themes do not change colours that are set, so these have a
% contrast of more than 3.5 to white and to the black of the dark theme.
names = {'training', 'validation'};
colours = [0.12 0.47 0.71; 0.84 0.15 0.16];
end
