function report = comparisonLists(report)
% COMPARISONLISTS  Give the lists in a report of touchtrain.compare their class if they are empty, too.
%
%   REPORT = COMPARISONLISTS(REPORT): the decoder makes [] of an empty list. Lists of texts become cell arrays, lists
%   of frames struct arrays.
frames = struct('recording', {}, 'frame', {}, 'reference', {}, 'predicted', {}, 'probability', {});
if isempty(report.warnings)
    report.warnings = {};
end
if isempty(report.disagreements)
    report.disagreements = frames;
end
for k = 1:numel(report.pairs)
    if isempty(report.pairs(k).disagreements)
        report.pairs(k).disagreements = frames;
    end
    for side = fieldnames(report.pairs(k).alone)'
        if isempty(report.pairs(k).alone.(side{1}))
            report.pairs(k).alone.(side{1}) = {};
        end
    end
end
end
