function [value, pairs] = takeOption(pairs, name, default)
% TAKEOPTION  Take one option out of a list of pairs.
%
%   [VALUE, PAIRS] = TAKEOPTION(PAIRS, NAME, DEFAULT) gives the last value of the option NAME, in any case, or
%   DEFAULT, and the pairs without it.
value = default;
isIt = strcmpi(pairs(1:2:end), name);
places = find(isIt);
if ~isempty(places)
    value = pairs{2 * places(end)};
    pairs = pairs(reshape([~isIt; ~isIt], 1, []));
end
end
