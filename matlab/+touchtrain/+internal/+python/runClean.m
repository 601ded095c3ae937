function [status, output] = runClean(executable, arguments, searchPath)
% RUNCLEAN  Run a Python in an empty folder, without the environment variables that MATLAB sets for its own libraries.
%
%   [STATUS, OUTPUT] = RUNCLEAN(EXECUTABLE, ARGUMENTS) returns what the program prints; STATUS = RUNCLEAN(...) shows it
%   to the user. ARGUMENTS is one char row in shell syntax. Paths in it must be absolute, because the program runs in an
%   empty folder. ... = RUNCLEAN(EXECUTABLE, ARGUMENTS, SEARCHPATH) adds the folder SEARCHPATH to its module search
%   path.
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
% Quote a text for the shell.
text = ['''' strrep(text, '''', '''\''''') ''''];
end
