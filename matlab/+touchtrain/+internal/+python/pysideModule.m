function module = pysideModule()
% PYSIDEMODULE  Import the Python module pyside.matlab.
%
%   MODULE = PYSIDEMODULE() adds a checked-out repository to Python's search path if necessary, and tells Python that it
%   runs inside MATLAB. The current folder moves to the end of the search path, because a file in it could have the name
%   of a required module. importlib imports the module: if py.pyside.matlab failed, MATLAB would report only "Unable to
%   resolve the name", without the reason.
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
if ~touchtrain.internal.values.isOctave() && isdeployed() % MATLAB only
    touchtrain.internal.values.fail('TouchTrain:PythonNotFound', ...
        'TouchTrain does not run in compiled applications. Call it from MATLAB, or use its command line, touchtrain.');
end
touchtrain.internal.setup.requirePython(touchtrain.internal.setup.currentPython());
try
    [root, isRepo] = touchtrain.internal.python.packageRoot();
    searchPath = py.sys.path;
    if double(searchPath.count('')) > 0
        searchPath.remove('');
        searchPath.append('');
    end
    if ~isRepo
        importPackage(root);
    elseif double(searchPath.count(root)) == 0
        searchPath.insert(int32(0), root);
    end
    module = py.importlib.import_module('pyside.matlab');
    if ~touchtrain.internal.values.isOctave()
        module.enter(matlabroot()); % MATLAB only
    end
catch err
    touchtrain.internal.values.fail('TouchTrain:PythonNotFound', ...
        'Python could not load TouchTrain. Run touchtrain.setup. For details, run touchtrain.doctor.\n%s', ...
        strrep(err.message, 'TouchTrain:PythonNotFound: ', ''));
end
cached = module;
end

function importPackage(root)
% Import the installed package pyside from its own folder, without the other packages there, which may be for another
% version of Python.
modules = py.sys.modules;
found = modules.get('pyside', py.None);
file = fullfile(root, 'pyside', '__init__.py');
if strcmp(char(py.getattr(found, '__file__', '')), file)
    return
end
util = py.importlib.import_module('importlib.util');
spec = util.spec_from_file_location('pyside', file, ...
    pyargs('submodule_search_locations', py.list({fullfile(root, 'pyside')})));
package = util.module_from_spec(spec);
py.operator.setitem(modules, 'pyside', package);
try
    loader = spec.loader;
    loader.exec_module(package);
catch err
    modules.pop('pyside');
    rethrow(err);
end
end
