function pressStop(button, stopFile)
% PRESSSTOP  Callback of the Stop button: create the stop file of a training, and update the button.
%
%   It does not call Python, which can be busy with the command that waits for the training.
id = fopen(stopFile, 'w');
if id < 0
    warning('TouchTrain:NotWritable', '%s cannot be written, so the training continues.', stopFile);
    return
end
fclose(id);
set(button, 'String', 'Stopping ...', 'Enable', 'off');
end
