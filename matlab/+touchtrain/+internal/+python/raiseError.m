function raiseError(identifier, text)
% RAISEERROR  Raise an error as if it came from the function that the person called, not from the depths below it.
%
%   RAISEERROR(IDENTIFIER, TEXT): TEXT is taken as it is, without conversions.
stack = dbstack('-completenames');
inside = [filesep '+internal' filesep];
stack = stack(cellfun(@(file) isempty(strfind(file, inside)), {stack.file}));
if isempty(stack)
    error(identifier, '%s', text);
end
error(struct('identifier', identifier, 'message', text, 'stack', {stack}));
end
