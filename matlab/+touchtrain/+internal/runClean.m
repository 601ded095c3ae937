function [status, output] = runClean(executable, arguments)
% RUNCLEAN  Run a program without the settings of MATLAB's own libraries.
%
%   [STATUS, OUTPUT] = RUNCLEAN(EXECUTABLE, ARGUMENTS) returns what it wrote; STATUS = RUNCLEAN(...) lets the user see
%   it. ARGUMENTS is one text as the shell takes it.
if ispc()
    command = ['set "PYTHONHOME=" & set "PYTHONPATH=" & "' executable '" ' arguments];
else
    command = ['env -u LD_LIBRARY_PATH -u LD_PRELOAD -u DYLD_LIBRARY_PATH -u DYLD_INSERT_LIBRARIES ' ...
        '-u PYTHONHOME -u PYTHONPATH ''' strrep(executable, '''', '''\''''') ''' ' arguments];
end
if nargout > 1
    [status, output] = system([command ' 2>&1']);
else
    status = system(command);
end
end
