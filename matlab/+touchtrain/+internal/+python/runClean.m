function [status, output] = runClean(executable, given, searchPath)
% RUNCLEAN  Run a Python in an empty folder, without the environment variables that MATLAB sets for its own libraries.
%
%   [STATUS, OUTPUT] = RUNCLEAN(EXECUTABLE, GIVEN) returns what the program prints; STATUS = RUNCLEAN(...) shows it
%   to the user. GIVEN is a cell array of arguments, which arrive as they are, whatever characters they hold. Paths in
%   it must be absolute, because the program runs in an empty folder. ... = RUNCLEAN(EXECUTABLE, GIVEN, SEARCHPATH)
%   adds the folder SEARCHPATH to its module search path.
%
%   On Unix, MATLAB's system runs the user's own shell, which may be tcsh or fish. So the commands are in a file that
%   /bin/sh reads.
if nargin < 3
    searchPath = '';
end
if any(executable == '/' | executable == filesep())
    executable = touchtrain.internal.values.absolutePath(executable, 'Python');
end
folder = tempname();
mkdir(folder);
empty = fullfile(folder, 'empty');
mkdir(empty);
removing = onCleanup(@() remove(folder)); %#ok<NASGU>
words = [{executable}, reshape(given, 1, [])];
if ispc()
    [command, restoring] = commandOfWindows(words, empty, searchPath); %#ok<ASGLU>
else
    command = commandOfUnix(words, empty, searchPath, fullfile(folder, 'run'), nargout > 1);
end
if nargout > 1
    [status, output] = system(command);
else
    status = system(command);
end
end

function command = commandOfUnix(words, empty, searchPath, file, both)
quoted = @(text) touchtrain.internal.values.shellWord(text, 'unix');
lines = {['cd ' quoted(empty) ' || exit 1'], ...
    'unset LD_LIBRARY_PATH LD_PRELOAD PYTHONHOME PYTHONSTARTUP TOUCHTRAIN_HOST', ...
    'unset DYLD_LIBRARY_PATH DYLD_INSERT_LIBRARIES DYLD_FRAMEWORK_PATH', ...
    ['PYTHONPATH=' quoted(searchPath) ' PYTHONSAFEPATH=1'], 'export PYTHONPATH PYTHONSAFEPATH'};
if both
    lines{end + 1} = 'exec 2>&1';
end
lines{end + 1} = strjoin(cellfun(quoted, words, 'UniformOutput', false), ' ');
id = fopen(file, 'w', 'n', 'UTF-8');
fprintf(id, '%s\n', lines{:});
fclose(id);
command = ['/bin/sh ' quoted(file)];
end

function [command, restoring] = commandOfWindows(words, empty, searchPath)
% In cmd, a % in a path would begin the name of a variable; the value of a variable is not read again. So each text is
% the value of one.
texts = [{empty, searchPath, pathWithoutMatlab()}, regexprep(words, '(\\+)$', '$1$1')];
names = arrayfun(@(k) sprintf('TOUCHTRAIN_TEXT%d', k), 1:numel(texts), 'UniformOutput', false);
cellfun(@(name, text) setenv(name, text), names, texts);
restoring = onCleanup(@() cellfun(@(name) setenv(name, ''), names));
parts = strcat('%', names, '%');
parts(cellfun(@isempty, texts)) = {''}; % cmd would leave the name as it is
command = [sprintf('cd /d "%s" & set "PYTHONPATH=%s" & set "PATH=%s"', parts{1:3}), ' & set "PYTHONHOME=" & ' ...
    'set "PYTHONSTARTUP=" & set "TOUCHTRAIN_HOST=" & set "PYTHONSAFEPATH=1" &', sprintf(' "%s"', parts{4:end}), ...
    ' 2>&1'];
end

function text = pathWithoutMatlab()
% MATLAB's own folders hold other versions of libraries that Python packages need.
folders = strsplit(getenv('PATH'), pathsep());
if ~touchtrain.internal.values.isOctave()
    folders = folders(~strncmpi(folders, matlabroot(), numel(matlabroot()))); % MATLAB only
end
text = strjoin(folders, pathsep());
end

function remove(folder)
% Remove the folder; what a program left in it stays.
touchtrain.internal.values.removeFile(fullfile(folder, 'run'));
[~, ~] = rmdir(fullfile(folder, 'empty'));
[~, ~] = rmdir(folder);
end
