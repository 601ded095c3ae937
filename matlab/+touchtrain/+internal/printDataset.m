function printDataset(report)
% PRINTDATASET  Print what a dataset holds, in a few lines.
fprintf('Dataset %s\n', report.path);
shape = report.image_shape;
kinds = {'grey', '', 'colour'};
plural = {'', 's'};
n = numel(report.recordings);
fprintf('  %d recording%s, %d frames of %d x %d pixels, %s\n', n, plural{(n ~= 1) + 1}, report.frames, ...
    shape(1), shape(2), kinds{shape(3)});
fprintf('  frames a class: %s\n', touchtrain.internal.countsText(report.counts));
fprintf('  labels read as: %s\n', touchtrain.internal.mappingText(report.label_mapping));
touchtrain.internal.printWarnings(report);
end
