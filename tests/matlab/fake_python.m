function file = fake_python(file, version, missing, library)
% FAKE_PYTHON  A program that answers touchtrain.setup's question like a Python, in a new folder if need be.
%
%   FILE = FAKE_PYTHON(FILE, VERSION, MISSING): VERSION is such as '3.12', MISSING names the packages that it lacks,
%   with + between them, LIBRARY is the file of its shared library (default: one that MATLAB can load).
if nargin < 4
    library = sprintf('/usr/lib/libpython%s.so', version);
end
if ~isfolder(fileparts(file))
    mkdir(fileparts(file));
end
id = fopen(file, 'w');
fprintf(id, '#!/bin/sh\necho "touchtrain|%s|%s|$0|/usr||64|cpython|%s"\n', strrep(version, '.', '|'), missing, ...
    library);
fclose(id);
[~, ~] = system(['chmod +x "' file '"']);
end
