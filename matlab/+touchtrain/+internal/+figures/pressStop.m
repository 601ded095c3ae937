function pressStop(button, stopFile)
% PRESSSTOP  Ask a training to end gently, by making the file that it looks for, and say so on the button.
%
%   Python is not asked, since it may be at work for the command that waits meanwhile.
id = fopen(stopFile, 'w');
if id < 0
    warning('TouchTrain:NotWritable', '%s cannot be written, so the training goes on.', stopFile);
    return
end
fclose(id);
set(button, 'String', 'Stopping ...', 'Enable', 'off');
end
