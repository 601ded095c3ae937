function raisePythonError(err)
% RAISEPYTHONERROR  Raise an error that came out of a call of Python with the identifier that it deserves.
%
%   MATLAB gives every Python exception the same identifier and the message
%       Python Error: SomeClass: TouchTrain:What: text
%   where the class may have a dotted prefix and lines may stand around it. That becomes TouchTrain:What with the
%   text; another exception of Python becomes TouchTrain:Python with all of its message; what is no exception of
%   Python is raised again as it is.
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
% Drop the lines that newer releases of MATLAB put behind the text, which tell the place in the Python file.
text = touchtrain.internal.values.visible(strtrim(regexprep(text, '\s*\n\s*Error in [^\n]*\(line \d+\).*$', '')));
end
