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
if isfield(report, 'added') % the result of addCorrections
    fprintf('  from the review: %s added, %d replaced, %d skipped\n', ...
        touchtrain.internal.values.countText(numel(report.added), 'recording'), numel(report.replaced), ...
        numel(report.skipped));
    fprintf('  labels of their frames: %d confirmed, %d corrected, %d of the model, %d as before\n', ...
        report.confirmed, report.corrected, report.machine, report.given);
end
mapping = report.label_mapping_list;
if isfield(report, 'labels_told')
    touchtrain.internal.values.show('  labels read as: %s\n', report.labels_told);
elseif ~isfield(report, 'label_table') && ~isempty(mapping) && ... % a job has said its table before its work
        ~isequal({mapping.name}, {mapping.value}) % class names need no explanation
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
