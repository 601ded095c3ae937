function value = optionValue(pairs, name, default)
% OPTIONVALUE  The last value of an option, in any case, in a row of names and values; DEFAULT where it is not there.
value = default;
places = find(strcmpi(pairs(1:2:end), name));
if ~isempty(places)
    value = pairs{2 * places(end)};
end
end
