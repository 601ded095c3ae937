function about = pyfacts(lines, executable)
% PYFACTS  What the Python half says about itself, as a struct. LINES is a cell: protocol, then four facts.

if ~strcmp(lines{1}, '1')
    error('MATLAB:Python:PythonUnavailable', 'octave_host.py and matlab/octave/ are of different versions.');
end
about = struct('Version', lines{2}, 'Executable', lines{3}, 'Library', lines{4}, 'Home', lines{5}, ...
    'Command', executable);
end
