function shown = progressLine(shown, status)
% PROGRESSLINE  Show how far a job is: what it tells, line by line, and on a screen a line below that is overwritten.
%
%   SHOWN = PROGRESSLINE([], []) begins; SHOWN = PROGRESSLINE(SHOWN, STATUS) shows the STATUS of a job, which was asked
%   for with SHOWN.seen and SHOWN.live; PROGRESSLINE(SHOWN, []) ends.
if isempty(shown)
    shown = struct('live', screenIsLive(), 'seen', 0, 'line', '');
elseif isempty(status)
    back = backOver(shown.line);
    fprintf('%s%s%s', back, repmat(' ', size(back)), back);
else
    told = reshape(status.told, 1, []);
    if isempty(told)
        told = {};
    end
    told = cellfun(@touchtrain.internal.values.visible, cellstr(told), 'UniformOutput', false);
    shown.seen = status.seen;
    if shown.live
        shown.line = overwritten(shown.line, [told, {touchtrain.internal.values.visible(status.line)}]);
    elseif ~isempty(told)
        fprintf('%s\n', told{:});
    end
end
end

function line = overwritten(line, rows)
% Print rows in the place of a line, and return the last of them: the new line.
rows{1} = [rows{1} repmat(' ', 1, numel(line) - numel(rows{1}))];
if numel(rows) > 1 || ~strcmp(rows{1}, line)
    fprintf('%s%s', backOver(line), strjoin(rows, sprintf('\n')));
    line = rows{end};
end
end

function back = backOver(line)
% Backspaces and not a carriage return, which MATLAB's Command Window does not know.
back = repmat(char(8), 1, numel(line));
end

function live = screenIsLive()
% Whether a line on the screen can be overwritten: a person looks, and nothing keeps a log. False in batch runs, where
% the output goes to a file or a pipe, while a diary is kept, and where Python reads along (see engine.py).
if ~isempty(getenv('TOUCHTRAIN_ENGINE'))
    live = false;
elseif touchtrain.internal.values.isOctave()
    % The shell has the same output; where there is no such command (Windows), it counts as a log.
    live = isunix() && ~diary() && system('test -t 1') == 0;
else
    live = strcmp(get(0, 'Diary'), 'off') && ~batchStartupOptionUsed() && ... % MATLAB only
        (usejava('desktop') || logical(py.os.isatty(int32(1))));
end
end
