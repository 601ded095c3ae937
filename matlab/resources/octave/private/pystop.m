function pystop(child)
% PYSTOP  End the Python process, if any, and reset its state.

if child.Pid <= 0
    return
end
fclose(child.ToPython);
fclose(child.FromPython);
waitForEnd(child);
removeFolder(child.Folder);
child.Pid = -1;
child.Ending = '';
child.Buffer = zeros(1, 0, 'uint8');
child.Dropped = [];
child.CurrentFolder = '';
child.Folder = '';
child.Files = {};
child.Token = '';
child.Phase = 'idle';
end

function waitForEnd(child)
    % Closing the pipe ends the process. If it does not end, terminate it, and then kill it.
    for k = 1:300
        if pyended(child)
            return
        end
        if k == 250
            kill(child.Pid, 15);
        end
        pywait(0.01);
    end
    kill(child.Pid, 9);
    waitpid(child.Pid);
end

function removeFolder(folder)
    % The process removes its folder itself unless it was killed.
    if ~isempty(folder) && exist(folder, 'dir') == 7
        cellfun(@unlink, glob(fullfile(folder, '*')), 'UniformOutput', false);
        rmdir(folder);
    end
end
