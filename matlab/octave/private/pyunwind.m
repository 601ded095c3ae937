function pyunwind(child)
% PYUNWIND  The end of a call, however it came: interrupt Python if it is still at work, delete files not fetched.

if strcmp(child.Phase, 'sent') && child.Pid > 0
    child.Phase = 'lost';
    child.CurrentFolder = '';   % it may not have gone there
    fflush(child.ToPython);     % all of the request or nothing, before the signal
    if ~ispc()
        kill(child.Pid, 2);
    end
elseif ~strcmp(child.Phase, 'lost')
    child.Phase = 'idle';
end
for k = 1:numel(child.Files)
    if exist(child.Files{k}, 'file') == 2
        unlink(child.Files{k});
    end
end
child.Files = {};
end
