function text = firstNames(names)
% FIRSTNAMES  The first few of a row of names with commas between, and how many more there are: 'a, b and 900 more'.
most = 12;
text = strjoin(names(1:min(most, numel(names))), ', ');
if numel(names) > most
    text = sprintf('%s and %d more', text, numel(names) - most);
end
end
