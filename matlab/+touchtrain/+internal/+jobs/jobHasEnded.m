function tf = jobHasEnded(status)
% JOBHASENDED  True if the status of a job says that it has ended.
tf = any(strcmp(status.state, {'stopped', 'cancelled', 'done', 'failed', 'lost'}));
end
