function keys = jsonKeys(record)
% JSONKEYS  Original JSON keys of a decoded struct, as a row cell array of char rows.
%
%   Field names begin with a letter, so jsondecode turns 0 into x0, -1 into x_1 and 0.5 into x0_5.
keys = regexprep(fieldnames(record)', {'^x(?=\d)', '^x_(?=\d)', '^(-?\d+)_(\d+)$'}, {'', '-', '$1.$2'});
end
