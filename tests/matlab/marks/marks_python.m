function module = marks_python()
% MARKS_PYTHON  The Python module touchtrain_marks of this folder, imported.
touchtrain.internal.python.pysideModule();
folder = fileparts(mfilename('fullpath'));
searchPath = py.sys.path;
if double(searchPath.count(folder)) == 0
    searchPath.append(folder);
end
module = py.importlib.import_module('touchtrain_marks');
end
