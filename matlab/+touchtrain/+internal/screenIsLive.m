function live = screenIsLive()
% SCREENISLIVE  Tell whether a line on the screen can be overwritten: a person looks, and nothing keeps a log.
%
%   False in batch runs, where the output goes to a file or a pipe, and while a diary is kept.
if touchtrain.internal.isOctave()
    % The shell has the same output; where there is no such command (Windows), it counts as a log.
    live = isunix() && ~diary() && system('test -t 1') == 0;
else
    live = strcmp(get(0, 'Diary'), 'off') && ~batchStartupOptionUsed() && ... % MATLAB only
        (usejava('desktop') || logical(py.os.isatty(int32(1))));
end
end
