function [labels, remover] = labelsForJob(labels, name)
% LABELSFORJOB  Labels of videos, in any of the forms of touchtrain.convertVideos, for a job to read.
%
%   [LABELS, REMOVER] = LABELSFORJOB(LABELS, NAME): a path becomes absolute, structs and tables the path of a temporary
%   file, which REMOVER removes, when it is cleared, if no job took it. Vectors become what LABELSFORPYTHON returns.
%   NAME is the argument or option in errors.
remover = [];
if touchtrain.internal.values.isText(labels)
    labels = touchtrain.internal.values.absolutePath(labels, name);
elseif isstruct(labels) || isa(labels, 'table') || isa(labels, 'timetable') || ...
        iscell(labels) && any(cellfun(@isstruct, labels(:)))
    [labels, remover] = touchtrain.internal.data.savedLabels(labels);
else
    touchtrain.internal.data.requireLabels(labels, name);
    labels = touchtrain.internal.data.labelsForPython(labels, 0);
end
end
