function text = countsText(counts)
% COUNTSTEXT  Counts a class, as one text: 'NonTouch 120, Touch 80'.
names = fieldnames(counts);
parts = cell(1, numel(names));
for k = 1:numel(names)
    parts{k} = sprintf('%s %d', names{k}, counts.(names{k}));
end
text = strjoin(parts, ', ');
end
