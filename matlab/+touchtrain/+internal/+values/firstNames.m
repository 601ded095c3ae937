function text = firstNames(names)
% FIRSTNAMES  First names of a list, separated by commas, and the number of others: 'a, b and 900 more'.
most = 12;
text = strjoin(names(1:min(most, numel(names))), ', ');
if numel(names) > most
    text = sprintf('%s and %d more', text, numel(names) - most);
end
end
