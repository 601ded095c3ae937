function text = pipCommand(words, executable, kind)
% PIPCOMMAND  A command for a terminal that calls pip of a Python, as by_pip of pyside/errors.py writes it.
%
%   PIPCOMMAND(WORDS, EXECUTABLE, KIND): WORDS follow "pip", ready for the terminal; KIND is a 'windows' or 'unix'
%   computer, default: this one. In PowerShell, a line that begins with quotes is a text.
if nargin < 3
    kinds = {'unix', 'windows'};
    kind = kinds{1 + ispc()};
end
program = touchtrain.internal.values.shellWord(executable, kind);
text = [program ' -m pip ' words];
if program(1) == '"'
    text = [text ' (in PowerShell, write & and a space in front)'];
end
end
