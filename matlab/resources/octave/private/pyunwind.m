function pyunwind(child)
% PYUNWIND  Clean up after a call, however it ended: interrupt Python if it is still busy, and delete unread files.

if strcmp(child.Phase, 'sent') && child.Pid > 0
    child.Phase = 'lost';
    child.CurrentFolder = '';   % the process may not have changed to it
    fflush(child.ToPython);     % send the complete request before the signal
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
