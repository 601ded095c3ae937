function ended = pyended(child)
% PYENDED  Whether the Python process has ended; CHILD.ENDING says how.

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
