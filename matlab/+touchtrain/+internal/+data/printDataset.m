function printDataset(report)
% PRINTDATASET  Print a short summary of a dataset, or the findings of a conversion with 'Check'.
if isfield(report, 'page')
    touchtrain.internal.values.show('%s\n', report.page{:});
    return
end
touchtrain.internal.values.show('Dataset %s\n', report.path);
shape = report.image_shape;
kinds = {'grey', '', 'colour'};
fprintf('  %s, %s of %d x %d pixels, %s\n', ...
    touchtrain.internal.values.countText(numel(report.recordings), 'recording'), ...
    touchtrain.internal.values.countText(report.frames, 'frame'), shape(1), shape(2), kinds{shape(3)});
counts = touchtrain.internal.values.namedTexts(report.counts_list, '%s %d');
touchtrain.internal.values.show('  frames a class: %s\n', touchtrain.internal.values.firstNames(counts));
mapping = report.label_mapping_list;
if isfield(report, 'label_table') && ~isempty(report.label_table)
    rows = arrayfun(@labelRow, report.label_table, 'UniformOutput', false);
    touchtrain.internal.values.show('  labels read as: %s\n', touchtrain.internal.values.firstNames(rows));
elseif ~isempty(mapping) && ~isequal({mapping.name}, {mapping.value}) % class names need no explanation
    mapping = touchtrain.internal.values.namedTexts(mapping, '%s = %s');
    touchtrain.internal.values.show('  labels read as: %s\n', touchtrain.internal.values.firstNames(mapping));
end
if isfield(report, 'left_out_told')
    if ~isempty(report.left_out_told)
        touchtrain.internal.values.show('  left out: %s\n', report.left_out_told{:});
    end
elseif report.left_out > 0
    fprintf('  left out: %s without a label\n', touchtrain.internal.values.countText(report.left_out, 'frame'));
end
touchtrain.internal.jobs.printWarnings(report);
end

function text = labelRow(row)
% '0 = NonTouch (540 frames)'; a class name alone if it is the label.
label = row.label;
meaning = row.class_name;
if isempty(label)
    label = 'no label';
end
if isempty(meaning)
    meaning = 'left out';
end
text = label;
if ~strcmp(label, meaning)
    text = [label ' = ' meaning];
end
text = sprintf('%s (%s)', text, touchtrain.internal.values.countText(row.frames, 'frame'));
end
