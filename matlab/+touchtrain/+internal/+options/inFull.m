function [name, several] = inFull(given, known)
% INFULL  Name of an option, from the name or a unique beginning of it, ignoring case.
%
%   NAME = INFULL(GIVEN, KNOWN): KNOWN is a cellstr of names. NAME is the one that equals GIVEN, or the only one that
%   begins so; '' if there is none.
%   [NAME, SEVERAL] = INFULL(...): SEVERAL is a row cellstr of the names that begin so, if NAME is '' because of them.
known = reshape(known, 1, []);
isIt = strcmpi(known, given);
if ~any(isIt) && ~isempty(given)
    isIt = strncmpi(known, given, numel(given));
end
several = known(isIt);
[~, first] = unique(lower(several), 'first');
several = several(first);
name = '';
if numel(several) == 1
    name = several{1};
    several = {};
end
end
