function tf = truth(value, name)
% TRUTH  Value of the option NAME as a logical scalar; TouchTrain:BadOption unless it is true, false, 1 or 0.
%
%   A cell array with one such value is taken, too, as Python does: a job would have started before the error.
if iscell(value) && numel(value) == 1
    value = value{1};
end
if ~(islogical(value) || isnumeric(value)) || numel(value) ~= 1 || ~any(value == [0 1])
    touchtrain.internal.values.fail('TouchTrain:BadOption', '%s must be true or false.', name);
end
tf = logical(value == 1);
end
