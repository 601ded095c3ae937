function text = pythonVersions(range)
% PYTHONVERSIONS  Text for a range of Python versions: '3.10', or '3.10 to 3.12' for the minor versions [10 12].
text = sprintf('3.%d', range(1));
if range(2) > range(1)
    text = sprintf('3.%d to 3.%d', range);
end
end
