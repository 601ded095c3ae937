function about = pyfacts(lines, executable)
% PYFACTS  Properties of the Python process as a struct. LINES is a cell array: protocol version and four properties.

if ~strcmp(lines{1}, '1')
    error('MATLAB:Python:PythonUnavailable', 'octave_host.py and matlab/resources/octave/ have different versions.');
end
about = struct('Version', lines{2}, 'Executable', lines{3}, 'Library', lines{4}, 'Home', lines{5}, ...
    'Command', executable);
end
