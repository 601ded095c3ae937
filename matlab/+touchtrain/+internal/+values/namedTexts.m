function texts = namedTexts(records, format)
% NAMEDTEXTS  Texts of a list of records with the fields name and value, as a row cell array.
%
%   TEXTS = NAMEDTEXTS(RECORDS, FORMAT): FORMAT is that of sprintf, such as '%s %d', for the name and the value.
texts = arrayfun(@(one) sprintf(format, one.name, one.value), reshape(records, 1, []), 'UniformOutput', false);
end
