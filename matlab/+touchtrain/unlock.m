function record = unlock(path)
% UNLOCK  Release a dataset, model or job that a process of another computer holds.
%
%   touchtrain.unlock(PATH) releases what is locked: a dataset folder, an .h5 model, or the folder of a job (char or
%   string). What is being made is locked, so that nobody else writes it. A process of this computer that has ended
%   holds nothing. Of one on another computer nothing can be known here: what it held stays locked until this is called.
%   Do so only if nothing works on it there any more. A job is lost then, and can be resumed here.
%   RECORD = touchtrain.unlock(PATH) returns a struct of what was known of that process: host, pid, user, command, job.
%
%   Example
%     touchtrain.unlock('model.h5');
%
%   See also touchtrain.resume, touchtrain.TrainingJob, touchtrain.train, touchtrain.convertVideos
touchtrain.internal.options.needInputs(nargin, 1, 'touchtrain.unlock(path)');
found = touchtrain.internal.python.askPython('unlock', touchtrain.internal.values.absolutePath(path, 'path'));
if nargout > 0
    record = found;
else
    fprintf('Released. It was held by process %d on %s.\n', found.pid, found.host);
end
end
