function refuseOptions(pairs, known)
% REFUSEOPTIONS  Raise an error where options are left that a function does not have.
for k = 1:2:numel(pairs)
    error('TouchTrain:UnknownOption', '%s', touchtrain.internal.unknownName('option', pairs{k}, known));
end
end
