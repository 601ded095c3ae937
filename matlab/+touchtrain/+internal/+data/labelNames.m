function [names, areNames] = labelNames(labels)
% LABELNAMES  Class names in a label vector as a row cell array of char rows, with '' for a frame without a label.
%
%   [NAMES, ARENAMES] = LABELNAMES(LABELS): ARENAMES is false, and NAMES empty, if LABELS is something else. In a cell
%   array, NaN, missing and undefined elements between texts are frames without a label, as readcell returns them.
names = {};
areNames = false;
isAbsent = touchtrain.internal.values.isMissing(labels);
if iscell(labels)
    isText = cellfun(@touchtrain.internal.values.isText, reshape(labels, 1, []));
    areNames = any(isText) && all(isText | isAbsent);
    if areNames
        names = repmat({''}, 1, numel(labels));
        names(isText) = cellfun(@char, reshape(labels(isText), 1, []), 'UniformOutput', false);
    end
elseif isa(labels, 'string') || isa(labels, 'categorical')
    areNames = true;
    names = repmat({''}, 1, numel(labels));
    if ~all(isAbsent)
        names(~isAbsent) = cellstr(labels(~isAbsent));
    end
end
end
