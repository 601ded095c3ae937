function requireLabels(labels, name)
% REQUIRELABELS  Raise an error if the argument or option NAME is one missing value in place of labels.
if numel(labels) == 1 && ~iscell(labels) && ~isnumeric(labels) && any(touchtrain.internal.values.isMissing(labels))
    touchtrain.internal.values.fail('TouchTrain:BadLabels', '%s is a %s. Expected labels, or files with labels.', ...
        name, touchtrain.internal.values.kindOf(labels));
end
end
