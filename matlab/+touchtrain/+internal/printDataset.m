function printDataset(report)
% PRINTDATASET  Print what a dataset holds, in a few lines.
fprintf('Dataset %s\n', report.path);
shape = report.image_shape;
kinds = {'grey', '', 'colour'};
fprintf('  %s, %s of %d x %d pixels, %s\n', touchtrain.internal.countText(numel(report.recordings), 'recording'), ...
    touchtrain.internal.countText(report.frames, 'frame'), shape(1), shape(2), kinds{shape(3)});
fprintf('  frames a class: %s\n', countsText(report.counts));
fprintf('  labels read as: %s\n', mappingText(report.label_mapping));
touchtrain.internal.printWarnings(report);
end

function text = countsText(counts)
% Counts a class, as one text: 'NonTouch 120, Touch 80'.
names = fieldnames(counts);
parts = cell(1, numel(names));
for k = 1:numel(names)
    parts{k} = sprintf('%s %d', names{k}, counts.(names{k}));
end
text = strjoin(parts, ', ');
end

function text = mappingText(mapping)
% What was read as which class, as one text: '0 = NonTouch, 1 = Touch'. In the struct a value such as 0 or -1 is the
% field x0 or x_1, because a field begins with a letter.
names = fieldnames(mapping);
parts = cell(1, numel(names));
for k = 1:numel(names)
    value = regexprep(regexprep(names{k}, '^x(?=\d)', ''), '^x_(?=\d)', '-');
    parts{k} = sprintf('%s = %s', value, mapping.(names{k}));
end
text = strjoin(parts, ', ');
end
