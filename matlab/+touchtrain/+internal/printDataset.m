function printDataset(report)
% PRINTDATASET  Print what a dataset holds, in a few lines, or what a check of a conversion found.
if isfield(report, 'page')
    touchtrain.internal.show('%s\n', report.page{:});
    return
end
touchtrain.internal.show('Dataset %s\n', report.path);
shape = report.image_shape;
kinds = {'grey', '', 'colour'};
fprintf('  %s, %s of %d x %d pixels, %s\n', touchtrain.internal.countText(numel(report.recordings), 'recording'), ...
    touchtrain.internal.countText(report.frames, 'frame'), shape(1), shape(2), kinds{shape(3)});
counts = cellfun(@(name, n) sprintf('%s %d', name, n), report.class_names, struct2cell(report.counts)', ...
    'UniformOutput', false);
touchtrain.internal.show('  frames a class: %s\n', touchtrain.internal.firstNames(counts));
if isstruct(report.label_mapping) && ~isempty(fieldnames(report.label_mapping))
    names = touchtrain.internal.jsonKeys(report.label_mapping);
    classes = struct2cell(report.label_mapping)';
    if ~isequal(names, classes) % class names speak for themselves
        mapping = cellfun(@(name, class) [name ' = ' class], names, classes, 'UniformOutput', false);
        touchtrain.internal.show('  labels read as: %s\n', touchtrain.internal.firstNames(mapping));
    end
end
if isfield(report, 'left_out_why') && isstruct(report.left_out_why)
    reasons = touchtrain.internal.jsonKeys(report.left_out_why);
    numbers = struct2cell(report.left_out_why)';
    for k = 1:numel(reasons)
        touchtrain.internal.show('  left out: %s, %s\n', touchtrain.internal.countText(numbers{k}, 'frame'), ...
            strrep(reasons{k}, '_', ' '));
    end
elseif report.left_out > 0
    fprintf('  left out: %s by their labels\n', touchtrain.internal.countText(report.left_out, 'frame'));
end
touchtrain.internal.printWarnings(report);
end
