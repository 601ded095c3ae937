function environment()
% ENVIRONMENT  pyenv, as long as Python stays loaded.

env = pyenv();
check('pyenv tells of the Python that runs', ...
    @() strcmp(env.Status, 'Loaded') && strcmp(env.ExecutionMode, 'OutOfProcess') && ~isempty(env.ProcessName));
check('pyenv tells the version', @() strcmp(env.Version, char(py.str('{0[0]}.{0[1]}').format(py.sys.version_info))));
check('pyenv tells the executable', @() strcmp(env.Executable, char(py.sys.executable)));
check('pyenv tells library and home', @() ischar(env.Library) && strcmp(env.Home, char(py.sys.prefix)));
check('pyenv tells the process', @() env.ProcessID == double(py.os.getpid()));
check('pyenv shows all of it', @() shows_all(evalc('pyenv')));
check('the same version again is fine', @() strcmp(getfield(pyenv('Version', env.Executable), 'Status'), 'Loaded'));
check('another version is refused', ...
    @() pyenv('Version', '/bin/sh'), 'MATLAB:Pyversion:PythonLoaded', 'terminate(pyenv)');
check('a version that does not exist is refused', @() pyenv('Version', '/no/python'), ...
    'MATLAB:Python:PythonUnavailable', '/no/python');
check('OutOfProcess is accepted', @() isobject(pyenv('ExecutionMode', 'OutOfProcess')));
check('an unknown option is refused', @() pyenv('Mode', 1), 'MATLAB:Python:InvalidOption', 'Mode');
check('Python knows its host', @() strcmp(char(py.os.environ.get('TOUCHTRAIN_HOST')), 'octave'));
check('after pause off, a call waits without using the processor', @waits_quietly);
check('the folder of the host script is not on the path', ...
    @() ~any(cellfun(@(x) is_bridge(char(x)), cell(py.sys.path))));
end

function good = shows_all(text)
    names = {'Version', 'Executable', 'Library', 'Home', 'Status', 'ExecutionMode', 'ProcessID', 'ProcessName'};
    good = all(cellfun(@(name) ~isempty(strfind(text, name)), names));
end

function yes = is_bridge(folder)
    [~, name] = fileparts(folder);
    yes = strcmp(name, 'bridge');
end

function good = waits_quietly()
    before = pause('off');
    restoring = onCleanup(@() pause(before));
    began = cputime();
    py.time.sleep(1);
    good = cputime() - began < 0.5;
end
