function full = absolutePath(path, what)
% ABSOLUTEPATH  Turn a path into an absolute one, seen from the current folder of MATLAB.
%
%   FULL = ABSOLUTEPATH(PATH, WHAT) takes a char row or a string, and expands a leading ~. WHAT names the argument
%   in the error. Python may stand in another folder, so every path goes through here first.
if ~touchtrain.internal.values.isText(path) || isempty(strtrim(char(path)))
    error('TouchTrain:BadOption', '%s must be a path: a text that is not empty.', what);
end
full = strtrim(char(path));
if strcmp(full, '~') || strncmp(full, '~/', 2) || strncmp(full, '~\', 2)
    home = getenv('HOME');
    if isempty(home)
        home = getenv('USERPROFILE');
    end
    full = [home full(2:end)];
end
isAbsolute = any(full(1) == '/\') || ~isempty(regexp(full, '^[A-Za-z]:', 'once')) || ...
    ~isempty(regexp(full, '^[A-Za-z][A-Za-z0-9+.-]+://', 'once'));
if ~isAbsolute
    full = fullfile(pwd, full);
end
full = regexprep(full, '(?<=[^:/\\])[/\\]+$', ''); % at the end
end
