function full = absolutePath(path, what)
% ABSOLUTEPATH  Make a path absolute, relative to the current folder of MATLAB.
%
%   FULL = ABSOLUTEPATH(PATH, WHAT): PATH is a char row or a string; a leading ~ is expanded. WHAT names the argument in
%   the error. Python can have a different current folder, so every path is converted before it is passed on. A path of
%   Windows on another system is an error, because it would be the name of a file in the current folder there.
if ~touchtrain.internal.values.isText(path)
    touchtrain.internal.values.fail('TouchTrain:BadOption', '%s must be a path (nonempty text). It is a %s.', what, ...
        touchtrain.internal.values.kindOf(path));
elseif isempty(strtrim(char(path)))
    touchtrain.internal.values.fail('TouchTrain:BadOption', '%s must be a path (nonempty text). It is empty.', what);
end
full = strtrim(char(path));
if strcmp(full, '~') || strncmp(full, '~/', 2) || strncmp(full, '~\', 2)
    home = getenv('HOME');
    if isempty(home)
        home = getenv('USERPROFILE');
    end
    full = [home full(2:end)];
end
isOfWindows = ~isempty(regexp(full, '^([A-Za-z]:([\\/]|$)|\\\\)', 'once'));
if isOfWindows && isunix() && ~isfile(full) && ~isfolder(full)
    touchtrain.internal.values.fail('TouchTrain:PathMissing', ...
        ['%s: %s is a path of Windows, and this computer does not run Windows. Give ' ...
        'the path by which this computer reaches that folder.'], what, full);
end
isAbsolute = any(full(1) == '/\') || ~isempty(regexp(full, '^[A-Za-z]:', 'once')) || ...
    ~isempty(regexp(full, '^[A-Za-z][A-Za-z0-9+.-]+://', 'once'));
if ~isAbsolute
    full = fullfile(pwd, full);
end
full = regexprep(full, '(?<=[^:/\\])[/\\]+$', ''); % trailing separators
end
