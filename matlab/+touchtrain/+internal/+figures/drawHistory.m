function fig = drawHistory(fig, history)
% DRAWHISTORY  Plot loss, accuracy and the monitored metric (if it is another one), each in its own axes.
%
%   FIG = DRAWHISTORY(FIG, HISTORY) replaces the plots in the figure FIG. If FIG is 'on' or 'off', it creates a visible
%   or invisible figure.
if ischar(fig)
    fig = touchtrain.internal.figures.newFigure(fig, [10 4.2]);
end
old = findobj(fig, 'Type', 'axes');
for k = 1:numel(old)
    if ishghandle(old(k)) % in Octave a legend is an axes object too, deleted with the axes it belongs to
        delete(old(k));
    end
end
names = [{'loss', 'accuracy'}, monitored(history)];
width = 1 / numel(names);
try
    for k = 1:numel(names)
        caption = strrep(names{k}, '_', ' ');
        caption(1) = upper(caption(1));
        corner = 'southeast';
        if any(strcmp(names{k}, {'loss', 'event_error'}))
            corner = 'northeast';
        end
        place = [(k - 1 + 0.14) * width, 0.15, 0.80 * width, 0.75];
        ax = drawCurves(fig, place, history, names{k}, caption, corner);
        if strcmp(names{k}, 'accuracy')
            ylim(ax, [lowest(history) 1.02]);
        end
    end
catch err
    close(fig);
    if isempty(strfind(err.message, 'ft_text_renderer'))
        rethrow(err);
    end
    error('TouchTrain:NoGraphics', ...
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

function ax = drawCurves(fig, position, history, name, caption, corner)
% Plot one curve of the training frames and one of the validation frames.
sides = {'training', 'validation'};
fields = {name, ['val_' name]};
colours = [0.12 0.47 0.71; 0.84 0.15 0.16];
ax = axes('Parent', fig, 'Position', position);
hold(ax, 'on');
drawn = {};
last = 1;
for k = 1:2
    if isfield(history, fields{k}) && ~isempty(history.(fields{k}))
        values = history.(fields{k});
        plot(ax, 1:numel(values), values, '.-', 'Color', colours(k, :), 'LineWidth', 2, 'MarkerSize', 12);
        drawn{end + 1} = sides{k}; %#ok<AGROW>
        last = max(last, numel(values));
    end
end
hold(ax, 'off');
step = ceil(last / 10);
set(ax, 'XLim', [1 max(2, last)], 'XTick', step:step:max(2, last));
title(ax, caption);
xlabel(ax, 'epoch');
grid(ax, 'on');
if ~isempty(drawn)
    legend(ax, drawn, 'Location', corner);
end
end
