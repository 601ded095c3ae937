function fail(identifier, form, varargin)
% FAIL  Raise an error from the function that the user called, as error does from this one.
%
%   FAIL(IDENTIFIER, FORM, VALUE, ...) has the inputs of error.
%
%   See also RAISEERROR
touchtrain.internal.python.raiseError(identifier, sprintf(form, varargin{:}));
end
