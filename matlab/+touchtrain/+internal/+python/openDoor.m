function door = openDoor()
% OPENDOOR  The Python module pyside.matlab, imported.
%
%   DOOR = OPENDOOR() puts the package on Python's search path where it is not there yet, and tells Python that it
%   runs inside MATLAB. The current folder comes last on that path, since a file that lies there may have the name of a
%   module that is needed. The module is imported by importlib, because a failed import otherwise reads
%   "Unable to resolve the name" and hides why.
persistent kept
if ~isnumeric(kept) % isempty would ask Python
    try
        py.id(kept); % fails where Python was ended or started anew meanwhile
        door = kept;
        return
    catch
        kept = [];
    end
end
touchtrain.internal.setup.addOctaveFolder();
try
    [root, isRepo] = touchtrain.internal.python.packageRoot();
    searchPath = py.sys.path;
    if double(searchPath.count('')) > 0
        searchPath.remove('');
        searchPath.append('');
    end
    if double(searchPath.count(root)) == 0
        if isRepo
            searchPath.insert(int32(0), root);
        else
            % Last, because what else is installed there may be for another version of Python.
            searchPath.append(root);
        end
    end
    if ~touchtrain.internal.values.isOctave()
        py.operator.setitem(py.os.environ, 'TOUCHTRAIN_HOST', 'matlab');
    end
    door = py.importlib.import_module('pyside.matlab');
catch err
    error('TouchTrain:PythonNotFound', ...
        'Python could not load TouchTrain. Run touchtrain.setup; touchtrain.doctor tells what is wrong.\n%s', ...
        err.message);
end
kept = door;
end
