function printReport(report, made)
% PRINTREPORT  Print what came of a job that is no training: of a conversion, an export, an upload or a verification.
%
%   touchtrain.internal.printReport(REPORT, MADE) takes the report of the job, and the path of what it was about.
kind = '';
if isfield(report, 'kind')
    kind = report.kind;
end
switch kind
    case 'upload'
        touchtrain.internal.show('%s is in %s: sent %s, %.1f MB; %s there already.\n', made, report.dataset, ...
            touchtrain.internal.countText(report.files, 'file'), report.bytes / 1e6, ...
            touchtrain.internal.countText(report.same_files, 'file'));
    case 'tfrecords'
        touchtrain.internal.show('%s of %s in %s\n', touchtrain.internal.countText(report.frames, 'frame'), made, ...
            touchtrain.internal.countText(numel(report.files), 'file'));
    case 'verification'
        fprintf('%s is as it was written: %s, %.1f MB in %s.\n', made, ...
            touchtrain.internal.countText(report.frames, 'frame'), report.bytes / 1e6, ...
            touchtrain.internal.countText(report.recordings, 'recording'));
    otherwise
        touchtrain.internal.printDataset(report);
end
end
