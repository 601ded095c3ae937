function value = logicalSwitch(value, name, faults)
% LOGICALSWITCH  Value of a switch of a script as true or false. Any other value is added to FAULTS.
if (islogical(value) || isnumeric(value)) && numel(value) == 1 && any(double(value) == [0 1])
    value = logical(value);
else
    faults.add('TouchTrain:BadOption', [name ' must be 0, 1, true or false.']);
    value = false;
end
end
