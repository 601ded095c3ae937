function printUpload(dataset, report)
% PRINTUPLOAD  Print where in the cloud a dataset is now, and what was sent for that.
%
%   touchtrain.internal.printUpload(DATASET, REPORT) takes the dataset folder and the report of its upload.
fprintf('%s is in %s: sent %s, %.1f MB; %s there already.\n', dataset, report.dataset, ...
    touchtrain.internal.countText(report.files, 'file'), report.bytes / 1e6, ...
    touchtrain.internal.countText(report.same_files, 'file'));
end
