function tf = trustsCode(value)
% TRUSTSCODE  Check the value of the option TrustCode and convert it to logical.
if ~(islogical(value) || isnumeric(value)) || numel(value) ~= 1 || ~any(value == [0 1])
    touchtrain.internal.values.fail('TouchTrain:BadOption', 'TrustCode must be true or false.');
end
tf = value == 1;
end
