function record = unlock(path)
% UNLOCK  Release a dataset, model or job that a process on another computer has locked.
%
%   touchtrain.unlock(PATH) removes the lock on a dataset folder, an .h5 model or a job folder (char or string). A
%   process locks what it writes, so that no other process writes it too. The lock of a process on this computer ends
%   with the process. TouchTrain cannot tell whether a process on another computer still runs, so its lock stays until
%   you call this function. Call it only if that process has ended. A job then has the state 'lost', and you can resume
%   it here.
%   RECORD = touchtrain.unlock(PATH) returns a struct that describes the process: host, pid, user, command, job.
%
%   Example
%     touchtrain.unlock('model.h5');
%
%   See also touchtrain.resume, touchtrain.TrainingJob, touchtrain.train, touchtrain.convertVideos
touchtrain.internal.options.requireInputs(nargin, 1, 'touchtrain.unlock(path)');
found = touchtrain.internal.python.askPython('unlock', touchtrain.internal.values.absolutePath(path, 'path'));
if nargout > 0
    record = found;
else
    fprintf('Released. It was held by process %d on %s.\n', found.pid, found.host);
end
end
