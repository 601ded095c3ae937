function [labels, remover] = labelsOption(labels)
% LABELSOPTION  Path of a label file, or of a temporary one for structs and tables; vectors stay, blanks are [].
%
%   [LABELS, REMOVER] = LABELSOPTION(LABELS): REMOVER removes, when it is cleared, a temporary file that no job took.
remover = [];
if touchtrain.internal.values.isBlank(labels)
    labels = [];
else
    [labels, remover] = touchtrain.internal.data.labelsForJob(labels, 'Labels');
end
end
