function removeEnded(folder)
% REMOVEENDED  Remove the folder of a job, unless the job continues after Ctrl+C.
try
    touchtrain.internal.python.askPython('remove_job', folder);
catch
end
end
