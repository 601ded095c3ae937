function test_plot_history()
% The curves are drawn without a display too, and whatever of them is there.
history = struct('loss', [0.7 0.5 0.4], 'val_loss', [0.7 NaN 0.5], 'accuracy', [0.5 0.7 0.8]);
touchtrain.plotHistory(history, 'File', 'a.png');
touchtrain.plotHistory(struct('loss', 0.7), 'File', string_like('string', {'b'}));
assert(isfile('a.png') && isfile('b.png'));
mkdir('it''s 50% "mine"');
file = fullfile('it''s 50% "mine"', 'it''s.png');
touchtrain.plotHistory(history, 'File', file);
expect_equal(size(imread(file)), size(imread('a.png')));
touchtrain.plotHistory(history, 'File', file); % again
assert(isfile(file));
fig = touchtrain.plotHistory(history, 'File', 'c.png');
assert(ishghandle(fig));
close(fig);
fig = touchtrain.plotHistory(history);
expect_equal(sort(captions(fig)), {'Accuracy', 'Loss'});
close(fig);
watched = history;
watched.val_event_error = [NaN 0.5 0.2];
fig = touchtrain.plotHistory(watched, 'File', 'd.png');
expect_equal(sort(captions(fig)), {'Accuracy', 'Event error', 'Loss'});
close(fig);
if ~touchtrain.internal.figures.hasDisplay()
    expect_error('TouchTrain:NoGraphics', @() shown(history), 'history.png');
end
expect_error('TouchTrain:BadOption', @() touchtrain.plotHistory(3));
expect_error('TouchTrain:BadOption', @() touchtrain.plotHistory(struct('a', 1)));
expect_error('TouchTrain:BadOption', @() touchtrain.plotHistory(struct('loss', {{1}}), 'File', 'a.png'));
expect_error('TouchTrain:PathMissing', @() touchtrain.plotHistory(history, 'File', fullfile('missing', 'a.png')));
expect_error('TouchTrain:UnknownOption', @() touchtrain.plotHistory(history, 'Flie', 'a.png'), 'File');
end

function found = captions(fig)
% What stands above the axes.
found = {};
all = findobj(fig, 'Type', 'axes');
for k = 1:numel(all)
    if ~strcmp(get(all(k), 'Tag'), 'sides')
        found{end + 1} = get(get(all(k), 'Title'), 'String'); %#ok<AGROW>
    end
end
end

function shown(history)
touchtrain.plotHistory(history);
end
