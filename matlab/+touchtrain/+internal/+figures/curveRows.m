function history = curveRows(history)
% CURVEROWS  Convert every curve of a history to a row of double, with NaN for missing values.
names = fieldnames(history);
for k = 1:numel(names)
    history.(names{k}) = reshape(double(history.(names{k})), 1, []);
end
end
