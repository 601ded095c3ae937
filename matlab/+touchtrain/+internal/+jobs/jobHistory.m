function history = jobHistory(folder)
% JOBHISTORY  Curves of a training so far, in the form of CURVEROWS; empty rows before the first epoch.
history = touchtrain.internal.figures.curveRows(touchtrain.internal.python.askPython('job_history', folder));
end
