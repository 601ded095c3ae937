function test_progress_line()
% In a log what the job tells, once; on a screen besides one line that is overwritten.
status = @(line, told) struct('state', 'running', 'epoch', 0, 'line', line, 'told', {told}, 'progress', struct(), ...
    'seen', 10 * numel(told));
steps = {status('starting', []), status('one', {'a <- b', 'c <- d'}), status('longer one', []), ...
    status('two', {'e'}), status('two', []), status('done', {'the end'})};
[text, seen] = shown_by(steps, false);
expect_equal(text, sprintf('a <- b\nc <- d\ne\nthe end\n'));
expect_equal(seen, [0 20 0 10 0 10]);
[text, seen] = shown_by(steps, true);
expect_equal(on_screen(text), {'a <- b', 'c <- d', 'e', 'the end', ''});
expect_equal(seen, [0 20 0 10 0 10]);
text = shown_by(steps(1:5), true, false);
expect_equal(on_screen(text), {'a <- b', 'c <- d', 'e', 'two'});
end

function [text, seen] = shown_by(steps, live, ends)
% What is printed, and from where on it will be told after each step.
shown = touchtrain.internal.jobs.progressLine([], []);
shown.live = live;
text = '';
seen = zeros(1, numel(steps));
for k = 1:numel(steps)
    step = steps{k};
    text = [text evalc('shown = touchtrain.internal.jobs.progressLine(shown, step);')]; %#ok<AGROW>
    seen(k) = shown.seen;
end
if nargin < 3 || ends
    text = [text evalc('touchtrain.internal.jobs.progressLine(shown, []);')];
end
end

function lines = on_screen(text)
% What stands on the screen after text with backspaces.
lines = {''};
place = 1;
for letter = text
    if letter == char(8)
        assert(place > 1, 'TouchTrain:Test', 'Back beyond the beginning of a line.');
        place = place - 1;
    elseif letter == sprintf('\n')
        lines{end + 1} = ''; %#ok<AGROW>
        place = 1;
    else
        lines{end}(place) = letter;
        place = place + 1;
    end
end
lines = cellfun(@(line) regexprep(line, ' +$', ''), lines, 'UniformOutput', false);
end
