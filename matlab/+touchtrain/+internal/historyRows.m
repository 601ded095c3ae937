function history = historyRows(history)
% HISTORYROWS  The curves of a training as rows of double, with NaN where there was no value.
names = fieldnames(history);
for k = 1:numel(names)
    curve = history.(names{k});
    if isempty(curve)
        curve = zeros(1, 0);
    end
    history.(names{k}) = reshape(double(curve), 1, []);
end
end
