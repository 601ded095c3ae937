function test_progress_line()
% In a log a line an epoch at most; on a screen one line that is overwritten.
status = @(epoch, line, progress) struct('state', 'running', 'epoch', epoch, 'line', line, 'progress', progress);
steps = {status(0, 'starting', struct()), status(1, 'one', struct()), status(1, 'one done', struct('val_loss', 1)), ...
    status(1, 'one done', struct('val_loss', 1)), status(2, 'two', struct()), status(3, 'three', struct()), ...
    status(3, 'three done', struct('val_loss', 1))};
expect_equal(shown_by(steps, false), sprintf('one done\ntwo\nthree done\n'));
expect_equal(shown_by(steps(1:2), false), sprintf('one\n'));
text = shown_by(steps, true);
assert(isempty(strfind(text(1:end - 1), sprintf('\n'))) && text(end) == sprintf('\n'));
expect_equal(on_screen(text(1:end - 1)), 'three done');
end

function text = shown_by(steps, live)
shown = touchtrain.internal.progressLine([], []);
shown.live = live;
text = '';
for k = 1:numel(steps)
    step = steps{k};
    text = [text evalc('shown = touchtrain.internal.progressLine(shown, step);')]; %#ok<AGROW>
end
text = [text evalc('touchtrain.internal.progressLine(shown, []);')];
end

function line = on_screen(text)
% What stands on the screen after text with backspaces.
line = '';
place = 1;
for letter = text
    if letter == char(8)
        place = place - 1;
    else
        line(place) = letter;
        place = place + 1;
    end
end
line = strtrim(line);
end
