function keys = jsonKeys(record)
% JSONKEYS  The field names of a struct as they were in the JSON text, as a row of char rows.
%
%   A field begins with a letter, so that jsondecode makes x0 of 0, x_1 of -1 and x0_5 of 0.5.
keys = regexprep(fieldnames(record)', {'^x(?=\d)', '^x_(?=\d)', '^(-?\d+)_(\d+)$'}, {'', '-', '$1.$2'});
end
