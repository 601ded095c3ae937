function tf = isOn(pairs, name, default)
% ISON  Whether an option of yes or no is true in a row of names and values; DEFAULT if it is not there.
tf = touchtrain.internal.options.truth(touchtrain.internal.options.optionValue(pairs, name, default), name);
end
