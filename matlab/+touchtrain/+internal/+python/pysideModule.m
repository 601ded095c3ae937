function module = pysideModule()
% PYSIDEMODULE  Import the Python module pyside.matlab.
%
%   MODULE = PYSIDEMODULE() adds the package to Python's search path if necessary, and sets a variable by which Python
%   knows that it runs inside MATLAB. The current folder moves to the end of the search path, because a file in it
%   could have the name of a required module. importlib imports the module: if py.pyside.matlab failed, MATLAB would
%   report only "Unable to resolve the name", without the reason.
persistent cached
if ~isnumeric(cached) % isempty would call Python
    environment = pyenv();
    if strcmp(char(environment.Status), 'Loaded') % otherwise the next line would load a Python that is not checked yet
        try
            py.id(cached); % fails if Python was restarted
            module = cached;
            return
        catch
            cached = [];
        end
    end
    cached = [];
end
touchtrain.internal.setup.addOctaveFolder();
touchtrain.internal.setup.requirePython(touchtrain.internal.setup.currentPython());
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
            % Last, because other packages in this folder may be for another Python version.
            searchPath.append(root);
        end
    end
    if ~touchtrain.internal.values.isOctave()
        py.operator.setitem(py.os.environ, 'TOUCHTRAIN_HOST', 'matlab');
    end
    module = py.importlib.import_module('pyside.matlab');
catch err
    error('TouchTrain:PythonNotFound', ...
        'Python could not load TouchTrain. Run touchtrain.setup. For details, run touchtrain.doctor.\n%s', ...
        strrep(err.message, 'TouchTrain:PythonNotFound: ', ''));
end
cached = module;
end
