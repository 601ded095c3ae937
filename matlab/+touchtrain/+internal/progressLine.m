function shown = progressLine(shown, status)
% PROGRESSLINE  Show how far a job is: one line that is overwritten, or in a log one line an epoch.
%
%   SHOWN = PROGRESSLINE([], []) begins; SHOWN = PROGRESSLINE(SHOWN, STATUS) shows the STATUS of a job;
%   PROGRESSLINE(SHOWN, []) ends.
if isempty(shown)
    shown = struct('live', screenIsLive(), 'width', 0, 'line', '', 'epoch', 0, 'told', 0);
elseif isempty(status)
    if shown.live && shown.width > 0
        fprintf('\n');
    elseif shown.epoch > shown.told
        fprintf('%s\n', shown.line);
    end
elseif shown.live
    if ~strcmp(status.line, shown.line)
        % Backspaces and not a carriage return, which MATLAB's Command Window does not know.
        padding = repmat(' ', 1, shown.width - numel(status.line));
        fprintf('%s%s%s', repmat(char(8), 1, shown.width), status.line, padding);
        shown.width = max(shown.width, numel(status.line));
        shown.line = status.line;
    end
elseif ~touchtrain.internal.jobHasEnded(status)
    if status.epoch > shown.epoch && shown.epoch > shown.told
        fprintf('%s\n', shown.line); % its end was too short to be seen
        shown.told = shown.epoch;
    end
    shown.epoch = status.epoch;
    shown.line = status.line;
    if isfield(status.progress, 'val_loss') && status.epoch > shown.told
        fprintf('%s\n', status.line);
        shown.told = status.epoch;
    end
end
end

function live = screenIsLive()
% Whether a line on the screen can be overwritten: a person looks, and nothing keeps a log. False in batch runs, where
% the output goes to a file or a pipe, and while a diary is kept.
if touchtrain.internal.isOctave()
    % The shell has the same output; where there is no such command (Windows), it counts as a log.
    live = isunix() && ~diary() && system('test -t 1') == 0;
else
    live = strcmp(get(0, 'Diary'), 'off') && ~batchStartupOptionUsed() && ... % MATLAB only
        (usejava('desktop') || logical(py.os.isatty(int32(1))));
end
end
