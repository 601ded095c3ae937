function names = optionNames(command)
% OPTIONNAMES  Names of the options of a function of touchtrain that passes them to Python, such as 'train'.
%
%   NAMES = OPTIONNAMES(COMMAND) is a row cell array. Python is asked once a session.
persistent known
if isempty(known)
    known = struct();
end
if ~isfield(known, command)
    rows = touchtrain.internal.python.askPython('options', command);
    known.(command) = {rows.name};
end
names = known.(command);
end
