function history = jobHistory(folder)
% JOBHISTORY  The curves of a training so far, as CURVEROWS makes them; rows of no value before the first epoch.
history = touchtrain.internal.curveRows(touchtrain.internal.askPython('job_history', folder));
end
