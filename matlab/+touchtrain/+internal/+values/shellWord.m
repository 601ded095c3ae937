function text = shellWord(text, kind)
% SHELLWORD  A text as a word of a command for a terminal, in quotes if need be.
%
%   SHELLWORD(TEXT, KIND) writes it for a 'windows' or 'unix' computer; default: this one.
if nargin < 2
    kinds = {'unix', 'windows'};
    kind = kinds{1 + ispc()};
end
isPlain = ~isempty(regexp(text, '^[\w@%+=:,./-]+$', 'once'));
if strcmp(kind, 'windows')
    isPlain = ~isempty(regexp(text, '^[\w:./\\-]+$', 'once'));
end
if ~isPlain && strcmp(kind, 'windows')
    text = ['"' text '"'];
elseif ~isPlain
    text = ['''' strrep(text, '''', '''"''"''') ''''];
end
end
