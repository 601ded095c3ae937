function tf = samePython(one, other, kind)
% SAMEPYTHON  Whether two paths name the same Python: the same file by another name in the same folder.
%
%   SAMEPYTHON(ONE, OTHER, KIND) compares as on a 'windows' or 'unix' computer; default: this one. On Windows, case and
%   slashes do not count, and pythonw.exe is python.exe without a console. A virtual environment is not the Python that
%   it was made with, although its python is a link to it.
if nargin < 3
    kinds = {'unix', 'windows'};
    kind = kinds{1 + ispc()};
end
one = regexprep(one, '[/\\]+(\.[/\\]+)*', '/');
other = regexprep(other, '[/\\]+(\.[/\\]+)*', '/');
if strcmp(kind, 'windows')
    one = regexprep(lower(one), '/pythonw(?=[\d.]*(\.exe)?$)', '/python');
    other = regexprep(lower(other), '/pythonw(?=[\d.]*(\.exe)?$)', '/python');
end
tf = strcmp(one, other);
if ~tf && strcmp(kind, 'unix') && isunix() && isfile(one) && isfile(other)
    code = '[ "$0" -ef "$1" ] && [ "${0%/*}" -ef "${1%/*}" ]';
    tf = touchtrain.internal.python.runClean('/bin/sh', {'-c', code, one, other}) == 0;
end
end
