function printReport(report, path)
% PRINTREPORT  Print the result of a job that is no training.
%
%   PRINTREPORT(REPORT, PATH): REPORT is the report of the job, PATH its dataset or the folder of its results.
kind = '';
if isfield(report, 'kind')
    kind = report.kind;
end
switch kind
    case 'upload'
        touchtrain.internal.values.show('%s is in %s: sent %s, %.1f MB; %s there already.\n', path, report.dataset, ...
            touchtrain.internal.values.countText(report.files, 'file'), report.bytes / 1e6, ...
            touchtrain.internal.values.countText(report.same_files, 'file'));
    case {'session', 'check'}
        touchtrain.internal.values.show('%s\n', report.page{:});
    case 'tfrecords'
        touchtrain.internal.values.show('%s of %s in %s\n', ...
            touchtrain.internal.values.countText(report.frames, 'frame'), path, ...
            touchtrain.internal.values.countText(numel(report.files), 'file'));
    case 'verification'
        fprintf('%s is unchanged: %s, %.1f MB in %s.\n', path, ...
            touchtrain.internal.values.countText(report.frames, 'frame'), report.bytes / 1e6, ...
            touchtrain.internal.values.countText(report.recordings, 'recording'));
    otherwise
        if isfield(report, 'page') || isfield(report, 'image_shape')
            touchtrain.internal.data.printDataset(report);
        elseif isfield(report, 'summary')
            touchtrain.internal.values.show('%s\n', report.summary{:});
        else
            touchtrain.internal.values.show('%s\n', path);
        end
end
end
