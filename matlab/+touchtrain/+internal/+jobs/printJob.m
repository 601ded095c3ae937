function printJob(job)
% PRINTJOB  Print the status of a job: its progress, its product, its error and how to resume it.
touchtrain.internal.values.show('%s %s\n', [upper(job.noun(1)) job.noun(2:end)], job.folder);
printRow('state', job.state);
if ~touchtrain.internal.jobs.jobHasEnded(job)
    printRow('progress', job.line);
end
printRow(job.product, job.makes);
if ~isempty(job.cloud) && ~isempty(job.cloud.name)
    printRow('in the cloud', {job.cloud.folder, [job.cloud.region ', ' job.cloud.console]});
end
if ~isempty(job.error)
    printRow('error', strsplit(job.error.text, sprintf('\n')));
    if ~isempty(job.error.log)
        printRow('end of the log', job.error.log);
    end
    if ~isempty(job.error.traceback)
        printRow('traceback', job.error.traceback);
    end
end
if any(strcmp(job.state, {'lost', 'cancelled', 'failed'}))
    printRow('to resume', ['touchtrain.resume(' touchtrain.internal.values.inQuotes(job.folder) ')']);
end
end

function printRow(name, lines)
% Print a name and its value: a text, or a cell array of lines.
lines = cellstr(lines);
touchtrain.internal.values.show('  %-15s %s\n', name, lines{1});
if numel(lines) > 1
    touchtrain.internal.values.show([repmat(' ', 1, 18) '%s\n'], lines{2:end});
end
end
