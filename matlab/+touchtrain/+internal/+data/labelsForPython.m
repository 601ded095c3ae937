function labels = labelsForPython(labels, n)
% LABELSFORPYTHON  Labels in the one form in which Python takes them from every release of MATLAB.
%
%   LABELS = LABELSFORPYTHON(LABELS, N) gives, for N = 1 array of frames, a row of double or a row cell of char rows;
%   for more a row cell with one such vector an array. N = 0 says that it is not known how many there are: then a
%   vector stays one, and a cell of vectors a cell. Rows, columns, logical and integer vectors, cellstr, string and
%   categorical arrays are taken.
isOneVector = ~iscell(labels) || touchtrain.internal.values.isNames(labels);
if isOneVector && n < 2
    labels = oneVector(labels);
elseif isOneVector
    error('TouchTrain:LengthMismatch', ...
        'There are %d arrays of frames, but one label vector. Give labels as a cell with one vector an array.', n);
elseif n == 1 && numel(labels) == 1
    labels = oneVector(labels{1});
elseif n == 1 && all(cellfun(@(item) isnumeric(item) || islogical(item), labels(:))) && ...
        all(cellfun(@numel, labels(:)) == 1)
    labels = oneVector(cellfun(@double, labels));
else
    labels = cellfun(@oneVector, reshape(labels, 1, []), 'UniformOutput', false);
end
end

function vector = oneVector(labels)
if isempty(labels)
    % What becomes of an empty array on the way to Python is not documented; an empty cell is an empty tuple.
    vector = {};
elseif touchtrain.internal.values.isText(labels)
    vector = {char(labels)};
elseif touchtrain.internal.values.isNames(labels)
    vector = touchtrain.internal.values.toNames(labels);
elseif (isnumeric(labels) || islogical(labels)) && isreal(labels)
    vector = full(double(labels));
    if size(vector, 2) == 1
        vector = reshape(vector, 1, []);
    end
else
    error('TouchTrain:BadLabels', ...
        'Labels must be numbers, or names of classes (cellstr, string, categorical). They are a %s.', class(labels));
end
end
