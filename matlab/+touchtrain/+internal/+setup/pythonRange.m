function range = pythonRange(release)
% PYTHONRANGE  Python 3 versions that a MATLAB release can load: [lowest highest] minor version.
%
%   RANGE = PYTHONRANGE('2024b'). RANGE is [] before R2022b, whose Python versions are too old for TouchTrain. A release
%   later than the table gets the last row. TouchTrain itself requires 3.10.
table = {'2022b', 10, 10; '2023a', 10, 10; '2023b', 10, 11; '2024a', 10, 11; '2024b', 10, 12; '2025a', 10, 12; ...
    '2025b', 10, 12; '2026a', 10, 13; '2026b', 10, 14};
range = [];
for k = 1:size(table, 1)
    if isequal(sort({table{k, 1}, release}), {table{k, 1}, release})
        range = [table{k, 2:3}];
    end
end
end
