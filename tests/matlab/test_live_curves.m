function test_live_curves()
% The curves of a running training: all epochs so far, updated after each; what a person has zoomed stays; a closed
% figure stays closed, a press stops.
folder = made_job('job', 'running', 0.9, 0.8);
figures = struct('val_loss', 0.7);
now = status(folder, 'running', 0, struct());
curves = [];
text = evalc('curves = touchtrain.internal.figures.liveCurves([], now);');
if touchtrain.internal.figures.hasDisplay()
    expect_equal(text, '');
else
    expect_equal(numel(strfind(text, sprintf('\n'))), 1);
    assert(curves.isOff && ~isempty(strfind(text, 'display')), 'TouchTrain:Test', '%s', text);
end
curves.isOff = true;
curves = touchtrain.internal.figures.liveCurves(curves, status(folder, 'running', 2, figures));
expect_equal(curves.figure, 'on');

% Attached late, all that was is drawn.
curves.isOff = false;
curves.figure = 'off'; % as 'on', but unseen
[text, curves] = drawn(curves, status(folder, 'running', 3, struct('loss', 0.9)));
assert(~curves.isOff && ishghandle(curves.figure), 'TouchTrain:Test', '%s', text);
closing = onCleanup(@() close(curves.figure)); %#ok<NASGU>
expect_equal(curves_in(curves.figure), {[0.9 0.8], [0.9 0.8] + 0.2, [0.9 0.8] + 0.1, [0.9 0.8] + 0.3});

% Within an epoch nothing is asked or drawn; the figures of one that is over are waited for.
before = handles_in(curves.figure);
made_job('job', 'running', 0.9, 0.8, 0.6);
[~, curves] = drawn(curves, status(folder, 'running', 3, struct('loss', 0.9)));
expect_equal(curves.epochs, 2);
[~, curves] = drawn(curves, status(folder, 'running', 4, struct('loss', 0.5)));
expect_equal(curves.epochs, 3);
found = curves_in(curves.figure);
expect_equal(found{1}, [0.9 0.8 0.6]);
expect_equal(handles_in(curves.figure), before);
[~, curves] = drawn(curves, status(folder, 'running', 4, figures));
expect_equal(curves.epochs, 3);
made_job('job', 'done', 0.9, 0.8, 0.6, 0.5);
[~, curves] = drawn(curves, status(folder, 'done', 0, struct()));
expect_equal(curves.epochs, 4);
expect_equal(curves.button, []);
expect_equal(handles_in(curves.figure), before);

clear('closing');
made_job('job', 'running', 0.9, 0.8, 0.6, 0.5, 0.4);
[text, curves] = drawn(curves, status(folder, 'running', 6, figures));
expect_equal(curves.epochs, 4);
expect_equal({curves.isOff, text}, {true, ''});

check_zoom();
check_failure(folder);
check_stop(folder);
end

function check_zoom()
% Limits that a person has changed stay, others follow the epochs; so do those that are restored.
history = struct('loss', [0.9 0.8], 'val_loss', [0.9 0.85], 'accuracy', [0.5 0.6]);
fig = touchtrain.internal.figures.drawHistory('off', history);
closing = onCleanup(@() close(fig)); %#ok<NASGU>
loss = findobj(fig, 'Type', 'axes', 'Tag', 'loss');
accuracy = findobj(fig, 'Type', 'axes', 'Tag', 'accuracy');
curve = findobj(fig, 'Type', 'line', 'Tag', 'val_loss');
expect_equal(get(curve, 'DisplayName'), 'validation');
expect_equal({get(loss, 'XLim'), get(accuracy, 'YLim')}, {[1 2], [0.5 1.02]});
set(loss, 'XLim', [1.5 2], 'YLim', [0.8 0.9]);
set(accuracy, 'YLim', [0.55 0.7]);
history.loss(3:12) = 0.7;
history.val_loss(3:12) = 0.8;
history.accuracy(3:12) = 0.4;
expect_equal(touchtrain.internal.figures.drawHistory(fig, history), fig);
expect_equal({get(curve, 'XData'), get(curve, 'YData')}, {1:12, history.val_loss});
expect_equal({get(loss, 'XLim'), get(loss, 'YLim')}, {[1.5 2], [0.8 0.9]});
expect_equal({get(accuracy, 'XLim'), get(accuracy, 'YLim')}, {[1 12], [0.55 0.7]});
set(loss, 'XLim', [1 2]);
set(accuracy, 'YLim', [0.5 1.02]);
history.loss(13) = 0.1;
history.val_event_error = 0.3; % further axes
touchtrain.internal.figures.drawHistory(fig, history);
expect_equal({get(loss, 'XLim'), get(accuracy, 'YLim')}, {[1 13], [0.4 1.02]});
expect_equal(findobj(fig, 'Type', 'axes', 'Tag', 'loss'), loss);
expect_equal(numel(findobj(fig, 'Type', 'axes', 'HandleVisibility', 'on')), 3);
places = cell2mat(get(findobj(fig, 'Type', 'axes'), 'Position'));
expect_equal(numel(unique(round(1e6 * places(:, 3)))), 1);
expect_equal(numel(findall(fig, 'Type', 'text', 'String', 'training')), 1);
delete(loss); % by a person; drawn anew
touchtrain.internal.figures.drawHistory(fig, history);
expect_equal(get(findobj(fig, 'Type', 'line', 'Tag', 'loss'), 'YData'), history.loss);
expect_equal(gca(), findobj(fig, 'Type', 'axes', 'Tag', 'loss')); % never the axes of the legend
end

function check_failure(folder)
% What cannot be drawn is told once.
curves = struct('figure', 'nonsense', 'button', [], 'epochs', -1, 'isOff', false);
[text, curves] = drawn(curves, status(folder, 'running', 6, struct('val_loss', 0.7)));
assert(curves.isOff && ~isempty(strfind(text, 'cannot be plotted')), 'TouchTrain:Test', '%s', text);
end

function found = handles_in(fig)
% The axes and lines of a figure.
found = [findall(fig, 'Type', 'axes'); findall(fig, 'Type', 'line')];
end

function now = status(folder, state, epoch, progress)
% What is asked of the status of a job.
now = struct('folder', folder, 'state', state, 'epoch', epoch, 'progress', progress, ...
    'stop_file', fullfile(folder, 'stop'));
end

function [text, curves] = drawn(curves, now) %#ok<INUSD>
text = evalc('curves = touchtrain.internal.figures.liveCurves(curves, now);');
end

function found = curves_in(fig)
% The values of the curves of a figure: loss, val_loss, accuracy, val_accuracy.
found = {};
for caption = {'Loss', 'Accuracy'}
    axes = findobj(fig, 'Type', 'axes');
    isIt = arrayfun(@(one) strcmp(get(get(one, 'Title'), 'String'), caption{1}), axes);
    lines = findobj(axes(isIt), 'Type', 'line');
    values = arrayfun(@(one) get(one, 'YData'), lines, 'UniformOutput', false);
    found = [found, reshape(values(end:-1:1), 1, [])]; %#ok<AGROW> % the newest is the first of them
end
end

function check_stop(folder)
% The button of the figure: pressed, it makes the file that ends a job gently, and says so.
fig = figure('Visible', 'off');
closing = onCleanup(@() close(fig)); %#ok<NASGU>
stopFile = fullfile(folder, 'stop');
button = touchtrain.internal.figures.stopButton(fig, stopFile);
if isempty(button) % where it would not be seen
    button = uicontrol('Parent', fig, 'Style', 'pushbutton', 'String', 'Stop', 'Callback', ...
        @(pressed, ~) touchtrain.internal.figures.pressStop(pressed, stopFile));
end
callback = get(button, 'Callback');
callback(button, []);
assert(isfile(stopFile));
expect_equal(get(button, 'String'), 'Stopping ...');
text = evalc('touchtrain.internal.figures.pressStop(button, fullfile(folder, ''missing'', ''stop''));');
assert(~isempty(strfind(text, fullfile(folder, 'missing', 'stop'))), 'TouchTrain:Test', '%s', text);
end
