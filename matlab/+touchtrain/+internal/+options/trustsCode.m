function yes = trustsCode(value)
% TRUSTSCODE  The value of the option TrustCode, checked.
if ~(islogical(value) || isnumeric(value)) || numel(value) ~= 1 || ~any(value == [0 1])
    error('TouchTrain:BadOption', 'TrustCode must be true or false.');
end
yes = value == 1;
end
