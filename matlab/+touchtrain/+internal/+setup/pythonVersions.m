function text = pythonVersions(range)
% PYTHONVERSIONS  Versions of Python as words: '3.10', or '3.10 to 3.12' of the minor versions [10 12].
text = sprintf('3.%d', range(1));
if range(2) > range(1)
    text = sprintf('3.%d to 3.%d', range);
end
end
