function raisePythonError(err)
% RAISEPYTHONERROR  Raise an error of a Python call with its TouchTrain identifier.
%
%   MATLAB gives every Python exception the same identifier and the message
%       Python Error: SomeClass: TouchTrain:What: text
%   The class can have a dotted prefix, and there can be lines before and after. This becomes the error TouchTrain:What
%   with the text. Any other Python exception becomes TouchTrain:Python with the whole message. An error that is not a
%   Python exception is rethrown unchanged.
found = regexp(err.message, 'TouchTrain:(\w+): (.*)$', 'tokens', 'once');
if strncmp(err.identifier, 'TouchTrain:', 11)
    rethrow(err);
elseif ~isempty(found)
    touchtrain.internal.python.raiseError(['TouchTrain:' found{1}], withoutTrace(found{2}));
elseif ~isempty(strfind(err.message, 'Python Error:')) || strcmp(err.identifier, 'MATLAB:Python:PyException')
    touchtrain.internal.python.raiseError('TouchTrain:Python', withoutTrace(err.message));
else
    rethrow(err);
end
end

function text = withoutTrace(text)
% Remove the lines that newer MATLAB releases append to the text, with the position in the Python file.
text = touchtrain.internal.values.visible(strtrim(regexprep(text, '\s*\n\s*Error in [^\n]*\(line \d+\).*$', '')));
end
