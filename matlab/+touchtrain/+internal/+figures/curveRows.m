function history = curveRows(history)
% CURVEROWS  Make every curve of a history a row of double, with NaN where there was no value.
names = fieldnames(history);
for k = 1:numel(names)
    history.(names{k}) = reshape(double(history.(names{k})), 1, []);
end
end
