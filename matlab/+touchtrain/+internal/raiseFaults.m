function raiseFaults(faults)
% RAISEFAULTS  Raise all faults that were noted as one error; nothing happens where there are none.
if numel(faults) == 1
    error(faults.identifier, '%s', faults.text);
elseif ~isempty(faults)
    rows = cell(1, numel(faults));
    for k = 1:numel(faults)
        rows{k} = sprintf('  %d. %s', k, faults(k).text);
    end
    error(faults(1).identifier, '%d things are wrong:\n%s', numel(faults), strjoin(rows, sprintf('\n')));
end
end
