function [marks, session] = curationOutputs(report, isVerbose, count)
% CURATIONOUTPUTS  Convert the report of a curation to the outputs of touchtrain.curate.
%
%   [MARKS, SESSION] = CURATIONOUTPUTS(REPORT, ISVERBOSE, COUNT) prints the summary if ISVERBOSE, and warns of videos
%   that failed. COUNT is the number of outputs of the public function: with none, the marks are not read.
if isVerbose
    touchtrain.internal.values.show('%s\n', report.page{:});
end
session = report;
marks = [];
if strcmp(report.kind, 'session') && report.failed > 0
    warning('TouchTrain:VideosFailed', '%s', touchtrain.internal.values.visible(sprintf( ...
        '%s of %d could not be marked: %s. session.csv in %s says why.', ...
        touchtrain.internal.values.countText(report.failed, 'video'), report.videos, ...
        touchtrain.internal.values.firstNames({report.failures.name}), report.path)));
end
if strcmp(report.kind, 'session') && count > 0
    marks = touchtrain.internal.curation.readMarks(report.path, report.names);
end
end
