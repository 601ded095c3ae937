function [status, output] = runClean(executable, arguments, searchPath)
% RUNCLEAN  Run a Python without the settings of MATLAB's own libraries, and where nothing lies that it could load.
%
%   [STATUS, OUTPUT] = RUNCLEAN(EXECUTABLE, ARGUMENTS) returns what it wrote; STATUS = RUNCLEAN(...) lets the user see
%   it. ARGUMENTS is one text as the shell takes it; paths in it are absolute, since the program stands in an empty
%   folder of its own. ... = RUNCLEAN(EXECUTABLE, ARGUMENTS, SEARCHPATH) lets it find modules in the folder SEARCHPATH.
if nargin < 3
    searchPath = '';
end
if any(executable == '/' | executable == filesep())
    executable = touchtrain.internal.values.absolutePath(executable, 'Python');
end
folder = tempname();
if ispc()
    command = sprintf(['cd /d "%s" & set "PYTHONHOME=" & set "PYTHONPATH=%s" & set "PYTHONSAFEPATH=1" & ' ...
        '"%s" %s'], folder, searchPath, executable, arguments);
else
    command = sprintf(['cd %s && env -u LD_LIBRARY_PATH -u LD_PRELOAD -u DYLD_LIBRARY_PATH ' ...
        '-u DYLD_INSERT_LIBRARIES -u PYTHONHOME PYTHONPATH=%s PYTHONSAFEPATH=1 %s %s'], ...
        quoted(folder), quoted(searchPath), quoted(executable), arguments);
end
mkdir(folder);
removing = onCleanup(@() rmdir(folder)); %#ok<NASGU>
if nargout > 1
    [status, output] = system([command ' 2>&1']);
else
    status = system(command);
end
end

function text = quoted(text)
% A text as a shell takes it.
text = ['''' strrep(text, '''', '''\''''') ''''];
end
