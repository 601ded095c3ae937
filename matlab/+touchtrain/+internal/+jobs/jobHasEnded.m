function yes = jobHasEnded(status)
% JOBHASENDED  Tell from the status of a job whether it works no more.
yes = any(strcmp(status.state, {'stopped', 'cancelled', 'done', 'failed', 'lost'}));
end
