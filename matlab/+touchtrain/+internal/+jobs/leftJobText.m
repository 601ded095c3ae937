function text = leftJobText(job)
% LEFTJOBTEXT  What has become of a job that is no longer watched, and the commands that control it; lines of text.
%
%   TEXT = LEFTJOBTEXT(JOB): JOB is an earlier status of the job. That the job continues is said only if its state now
%   says so.
[name, product] = touchtrain.internal.jobs.jobNames(job);
folder = touchtrain.internal.values.inQuotes(job.folder);
rows = {'to inspect:', sprintf('touchtrain.inspect(%s)', folder)};
try
    now = touchtrain.internal.python.askPython('job_status', job.folder);
    begin = '';
catch err
    now = job;
    begin = sprintf('Whether the %s continues is not known: %s', name, err.message);
    if strcmp(err.identifier, 'TouchTrain:BadJob') % there is no job any more
        rows = cell(0, 2);
    end
end
if isempty(begin) && touchtrain.internal.jobs.jobHasEnded(now)
    begin = sprintf('The %s has ended: it is %s.', name, now.state);
    if any(strcmp(now.state, {'lost', 'cancelled', 'failed'}))
        rows(end + 1, :) = {'to resume:', sprintf('touchtrain.resume(%s)', folder)};
    else
        rows(end + 1, :) = {[product ':'], now.makes};
    end
elseif isempty(begin)
    begin = sprintf('The %s continues in the background.', name);
    if ~isempty(now.cloud)
        begin = sprintf('%s\nIt runs in the cloud, and this computer monitors it.', begin);
    end
    rows = [rows; controls(job, folder); {[product ':'], now.makes}];
end
rows = reshape(rows', 1, []);
text = [sprintf('\n%s\n', begin), sprintf('  %-11s %s\n', rows{:})];
end

function rows = controls(job, folder)
% How to stop a job that runs, and how to watch it again.
if ~any(strcmp(job.command, {'train', 'curate'}))
    rows = {'to stop:', sprintf('fclose(fopen(%s, ''w'')); completed work is kept, and the same call resumes it', ...
        touchtrain.internal.values.inQuotes(job.stop_file))};
    return
end
kept = 'completed work is kept, and the same call resumes it';
if strcmp(job.command, 'train')
    kept = 'it finishes the batch and saves the best model so far';
end
attached = sprintf('touchtrain.TrainingJob(%s)', folder);
rows = {'to stop:', sprintf('stop(%s); %s', attached, kept); 'to attach:', ['job = ' attached]};
end
