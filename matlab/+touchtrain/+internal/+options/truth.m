function tf = truth(value, name)
% TRUTH  Value of the option NAME as a logical scalar; TouchTrain:BadOption unless it is true, false, 1 or 0.
if ~(islogical(value) || isnumeric(value)) || numel(value) ~= 1 || ~any(value == [0 1])
    touchtrain.internal.values.fail('TouchTrain:BadOption', '%s must be true or false.', name);
end
tf = logical(value == 1);
end
