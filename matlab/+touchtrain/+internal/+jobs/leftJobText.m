function text = leftJobText(job)
% LEFTJOBTEXT  What has become of a job that is no longer watched, and the commands that control it; lines of text.
%
%   TEXT = LEFTJOBTEXT(JOB): JOB is an earlier status of the job. That the job continues is said only if its state now
%   says so.
rows = cell(0, 2);
try
    now = touchtrain.internal.python.askPython('job_status', job.folder);
    calls = touchtrain.internal.python.askPython('job_controls', job.folder);
    if touchtrain.internal.jobs.jobHasEnded(now)
        begin = sprintf('The %s has ended: it is %s.', job.noun, now.state);
        if any(strcmp(now.state, {'lost', 'cancelled', 'failed'}))
            rows = {'to resume:', calls.resume};
        else
            rows = productRow(now);
        end
    else
        begin = beginOf(now, calls.job.number);
        rows = {'to list:', 'touchtrain.jobs'; 'to stop:', [calls.stop '  % ' calls.stopped]; ...
            'to cancel:', calls.cancel; 'to attach:', ['job = ' calls.attach]};
        rows = [rows; productRow(now)];
    end
catch err
    begin = sprintf('Whether the %s continues is not known: %s', job.noun, err.message);
    if ~strcmp(err.identifier, 'TouchTrain:BadJob') % otherwise there is no job any more
        rows = {'to list:', 'touchtrain.jobs'};
    end
end
rows = reshape(rows', 1, []);
text = [sprintf('\n%s\n', begin), sprintf('  %-11s %s\n', rows{:})];
end

function text = beginOf(job, number)
text = sprintf('The %s continues in the background', job.noun);
if ~isempty(number)
    text = sprintf('%s as job %d', text, number);
end
text = [text '.'];
if ~isempty(job.cloud)
    text = sprintf('%s\nIt runs in the cloud, and this computer monitors it.', text);
end
end

function row = productRow(job)
% What the job makes, if it makes anything.
row = cell(0, 2);
if ~isempty(job.makes)
    row = {[job.product ':'], job.makes};
end
end
