function pypause(child, polls)
% PYPAUSE  Pause between two reads of the pipe: not at all at first, for short calls, then longer, up to 20 ms.

quick = 100;
if polls <= quick
    return
end
pywait(min(0.02, 2e-4 * (polls - quick)));
if mod(polls, 10) == 0
    pyended(child);     % sets child.Ending, which ends the wait once nothing more can be read
end
end
