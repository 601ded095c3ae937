function labels = labelsForPython(labels, n)
% LABELSFORPYTHON  Convert labels to the form in which every MATLAB release passes them to Python.
%
%   LABELS = LABELSFORPYTHON(LABELS, N): N is the number of frame arrays. For N = 1 the output is a row of double or a
%   row cell array of char rows; for N > 1, a row cell array with one such vector per array, or one vector of N labels
%   (the arrays are single images). N = 0 means that the number is unknown: a vector stays a vector, and a cell array of
%   vectors a cell array. LABELS can be a row, column, logical or integer vector, or a cellstr, string or categorical
%   array. A missing label is NaN, or '' among class names.
[~, areNames] = touchtrain.internal.data.labelNames(labels);
isOneVector = ~iscell(labels) || areNames;
if isOneVector && (n < 2 || numel(labels) == n)
    labels = oneVector(labels);
elseif isOneVector
    touchtrain.internal.values.fail('TouchTrain:LengthMismatch', ...
        ['There are %d arrays of frames, but only one label vector. labels must be a cell array with one vector ' ...
        'per array.'], n);
elseif n == 1 && numel(labels) == 1
    labels = oneVector(labels{1});
elseif n == 1 && all(cellfun(@isNumber, labels(:)) | reshape(touchtrain.internal.values.isMissing(labels), [], 1))
    labels(touchtrain.internal.values.isMissing(labels)) = {NaN};
    labels = oneVector(cellfun(@double, labels));
else
    labels = cellfun(@oneVector, reshape(labels, 1, []), 'UniformOutput', false);
end
end

function tf = isNumber(value)
tf = (isnumeric(value) || islogical(value)) && numel(value) == 1;
end

function vector = oneVector(labels)
labels = touchtrain.internal.values.onHost(labels);
[names, areNames] = touchtrain.internal.data.labelNames(labels);
if isempty(labels)
    % The conversion of an empty array to Python is not documented; an empty cell array becomes an empty tuple.
    vector = {};
elseif touchtrain.internal.values.isText(labels)
    vector = {char(labels)};
elseif areNames
    vector = names;
elseif isa(labels, 'missing')
    vector = NaN(1, numel(labels));
elseif (isnumeric(labels) || islogical(labels)) && isreal(labels)
    if ~isvector(labels)
        touchtrain.internal.values.fail('TouchTrain:BadLabels', ...
            ['Labels must be a vector with one label per frame, not an array of %s. For one column of 0 and 1 per ' ...
            'class, give the number of the column, from 0: [~, column] = max(labels, [], 2); labels = column - 1. ' ...
            'For one column per recording, give a cell with one vector each: num2cell(labels, 1).'], ...
            regexprep(num2str(size(labels)), ' +', 'x'));
    end
    vector = full(double(labels));
    if size(vector, 2) == 1
        vector = reshape(vector, 1, []);
    end
else
    hint = '';
    if isa(labels, 'table') || isa(labels, 'timetable')
        hint = ' Give one of its columns, such as labels.touch.';
    end
    touchtrain.internal.values.fail('TouchTrain:BadLabels', ...
        'Labels must be numbers or class names (cellstr, string, categorical), not a value of class %s.%s', ...
        touchtrain.internal.values.kindOf(labels), hint);
end
end
