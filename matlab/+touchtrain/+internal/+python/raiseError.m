function raiseError(identifier, text)
% RAISEERROR  Raise an error from the function that the user called, without the internal functions on its stack.
%
%   RAISEERROR(IDENTIFIER, TEXT): TEXT is used literally, without format conversion.
stack = dbstack('-completenames');
inside = [filesep '+internal' filesep];
stack = stack(cellfun(@(file) isempty(strfind(file, inside)), {stack.file}));
if isempty(stack)
    error(identifier, '%s', text);
end
error(struct('identifier', identifier, 'message', text, 'stack', {stack}));
end
