function file = fake_python(file, version, missing)
% FAKE_PYTHON  A program that answers touchtrain.setup's question like a Python, in a new folder if need be.
%
%   FILE = FAKE_PYTHON(FILE, VERSION, MISSING): VERSION is such as '3.12', MISSING names the packages that it lacks,
%   with + between them.
if ~isfolder(fileparts(file))
    mkdir(fileparts(file));
end
id = fopen(file, 'w');
fprintf(id, '#!/bin/sh\necho "touchtrain|%s|%s|$0|/usr||64|cpython"\n', strrep(version, '.', '|'), missing);
fclose(id);
[~, ~] = system(['chmod +x "' file '"']);
end
