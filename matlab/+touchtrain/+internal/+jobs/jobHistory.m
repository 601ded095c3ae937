function history = jobHistory(folder)
% JOBHISTORY  The curves of a training so far, as CURVEROWS makes them; rows of no value before the first epoch.
history = touchtrain.internal.figures.curveRows(touchtrain.internal.python.askPython('job_history', folder));
end
