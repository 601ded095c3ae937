function pairs = givenPairs(arguments)
% GIVENPAIRS  A list of options, as NAMEVALUES returns it, without those whose value is empty: [] or ''.
%
%   A struct of settings whose fields are all there, some of them empty, is common in scripts.
pairs = touchtrain.internal.nameValues(arguments);
isGiven = ~cellfun(@isempty, pairs(2:2:end));
pairs = pairs(reshape([isGiven; isGiven], 1, []));
end
