function found = jobs(folder)
% JOBS  List your trainings, conversions and other jobs, with state and progress.
%
%   touchtrain.jobs prints a table of the jobs that you started on this computer, the latest first, wherever their
%   folders are: all that run, and the latest 20 that have ended. touchtrain.stop, touchtrain.cancel, touchtrain.attach
%   and touchtrain.resume take a job by its number or its name. A job keeps its number as long as it is listed: 30 days,
%   and among the latest 100. A job whose folder was removed is not listed.
%   touchtrain.jobs(FOLDER) lists all jobs in FOLDER (char or string), whoever started them: job folders, or a folder
%   that contains them, such as touchtrain-jobs or the folder around it.
%
%   LIST = touchtrain.jobs(...) returns a struct array instead, one element per job:
%     number    by which the other functions call it; [] if it is not one of your jobs of this computer
%     name      name of what it makes, without the folder (char)
%     kind      'training', 'search', 'conversion', 'curation', 'upload', 'review', ...
%     state     'waiting', 'running', 'stopping', 'stopped', 'cancelled', 'done', 'failed', 'lost' (its process was
%               killed) or 'unreadable'
%     progress  one line (char); the reason if the job failed, '' if it has ended otherwise
%     age       seconds since it was started or resumed; [] if that is not known
%     makes     path of the model, the dataset or the results
%     folder    job folder
%     host      name of another computer that runs it, otherwise []
%     passing   true if it makes nothing lasting, such as touchtrain.verify
%
%   Example
%     touchtrain.jobs
%     list = touchtrain.jobs;
%     isRunning = strcmp({list.state}, 'running');
%
%   See also touchtrain.attach, touchtrain.stop, touchtrain.cancel, touchtrain.resume, touchtrain.inspect
place = '';
if nargin > 0
    place = touchtrain.internal.values.absolutePath(folder, 'folder');
end
answer = touchtrain.internal.python.askPython('list_jobs', place);
if nargout == 0
    touchtrain.internal.values.show('%s\n', answer.page{:});
    return
end
found = answer.jobs;
if isempty(found)
    found = struct('number', {}, 'name', {}, 'kind', {}, 'state', {}, 'progress', {}, 'age', {}, 'makes', {}, ...
        'folder', {}, 'host', {}, 'passing', {});
end
end
