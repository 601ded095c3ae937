function [value, rest] = optionalInput(given, known)
% OPTIONALINPUT  First of the inputs of a function, which can be left out, if it is not the name of an option.
%
%   [VALUE, REST] = OPTIONALINPUT(GIVEN, KNOWN): GIVEN is a cell array of the optional input, if it is there, and of
%   name-value arguments, which are REST. KNOWN are the names of the options. A text that is one of them is an option,
%   and so is a unique beginning of one, if names and values come in pairs then. VALUE is '' if there is no such input.
value = '';
rest = given;
if ~isempty(given) && ~isstruct(given{1}) && ~isOption(given, known)
    value = given{1};
    rest = given(2:end);
end
end

function tf = isOption(given, known)
tf = false;
if touchtrain.internal.values.isText(given{1})
    text = char(given{1});
    isPair = mod(numel(given), 2) == 0;
    tf = any(strcmpi(known, text)) || isPair && ~isempty(touchtrain.internal.options.inFull(text, known));
end
end
