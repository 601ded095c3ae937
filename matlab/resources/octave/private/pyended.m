function ended = pyended(child)
% PYENDED  True if the Python process has ended; sets CHILD.ENDING to how it ended.

ended = ~isempty(child.Ending);
if ended
    return
end
[pid, status] = waitpid(child.Pid, WNOHANG());
if pid == 0
    return
end
ended = true;
child.Ending = 'ended';
if pid > 0 && WIFSIGNALED(status)
    child.Ending = sprintf('was ended by signal %d', WTERMSIG(status));
elseif pid > 0 && WIFEXITED(status)
    child.Ending = sprintf('ended with exit code %d', WEXITSTATUS(status));
end
end
