function shown = progressLine(shown, status)
% PROGRESSLINE  Show the progress of a job: its messages, one per line, and on a screen a last line that is overwritten.
%
%   SHOWN = PROGRESSLINE([], []) begins.
%   SHOWN = PROGRESSLINE(SHOWN, STATUS) shows the STATUS of a job, requested with SHOWN.seen and SHOWN.live.
%   PROGRESSLINE(SHOWN, []) ends.
if isempty(shown)
    shown = struct('live', screenIsLive(), 'seen', 0, 'line', '');
elseif isempty(status)
    back = backOver(shown.line);
    fprintf('%s%s%s', back, repmat(' ', size(back)), back);
else
    messages = reshape(status.told, 1, []);
    if isempty(messages)
        messages = {};
    end
    messages = cellfun(@touchtrain.internal.values.visible, cellstr(messages), 'UniformOutput', false);
    shown.seen = status.seen;
    if shown.live
        shown.line = overwritten(shown.line, [messages, {touchtrain.internal.values.visible(status.line)}]);
    elseif ~isempty(messages)
        fprintf('%s\n', messages{:});
    end
end
end

function line = overwritten(line, rows)
% Print rows in place of a line, and return the last row: the new line.
rows{1} = [rows{1} repmat(' ', 1, numel(line) - numel(rows{1}))];
if numel(rows) > 1 || ~strcmp(rows{1}, line)
    fprintf('%s%s', backOver(line), strjoin(rows, sprintf('\n')));
    line = rows{end};
end
end

function back = backOver(line)
% Backspaces, because the MATLAB Command Window does not support a carriage return.
back = repmat(char(8), 1, numel(line));
end

function live = screenIsLive()
% True if a line on the screen can be overwritten. False in batch mode, in a live script, if the output goes to a file
% or a pipe, during a diary, and if Python reads the output (see pyside/bridge/engine).
if ~isempty(getenv('TOUCHTRAIN_ENGINE')) || ~touchtrain.internal.jobs.erasesText(dbstack('-completenames'))
    live = false;
elseif touchtrain.internal.values.isOctave()
    % The shell shares Octave's output. Windows has no test command, so the output counts as a log there.
    live = isunix() && ~diary() && system('test -t 1') == 0;
else
    live = strcmp(get(0, 'Diary'), 'off') && ~batchStartupOptionUsed() && ... % MATLAB only
        (touchtrain.internal.figures.hasDesktop() || logical(py.os.isatty(int32(1))));
end
end
