function value = optionValue(pairs, name, default)
% OPTIONVALUE  Last value of an option in a row of names and values, ignoring case; DEFAULT if it is not there.
value = default;
places = find(strcmpi(pairs(1:2:end), name));
if ~isempty(places)
    value = pairs{2 * places(end)};
end
end
