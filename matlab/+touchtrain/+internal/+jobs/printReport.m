function printReport(report, made)
% PRINTREPORT  Print what came of a job that is no training: of a conversion, an export, an upload or a verification.
%
%   touchtrain.internal.jobs.printReport(REPORT, MADE) takes the report of the job, and the path of what it was about.
kind = '';
if isfield(report, 'kind')
    kind = report.kind;
end
switch kind
    case 'upload'
        touchtrain.internal.values.show('%s is in %s: sent %s, %.1f MB; %s there already.\n', made, report.dataset, ...
            touchtrain.internal.values.countText(report.files, 'file'), report.bytes / 1e6, ...
            touchtrain.internal.values.countText(report.same_files, 'file'));
    case 'tfrecords'
        touchtrain.internal.values.show('%s of %s in %s\n', ...
            touchtrain.internal.values.countText(report.frames, 'frame'), made, ...
            touchtrain.internal.values.countText(numel(report.files), 'file'));
    case 'verification'
        fprintf('%s is as it was written: %s, %.1f MB in %s.\n', made, ...
            touchtrain.internal.values.countText(report.frames, 'frame'), report.bytes / 1e6, ...
            touchtrain.internal.values.countText(report.recordings, 'recording'));
    otherwise
        touchtrain.internal.data.printDataset(report);
end
end
