function environment = pyenv(varargin)
% PYENV  Show or set the Python that py. uses.
%
%   E = PYENV returns Version, Executable, Library, Home, Status, ExecutionMode, ProcessID and ProcessName.
%   E = PYENV('Version', FILE) uses the Python executable FILE in this session. Once Python is loaded, call
%   TERMINATE(PYENV) before you select another one.
%   E = PYENV(..., 'ExecutionMode', 'OutOfProcess') is accepted; Octave has no other mode.
%
%   The default Python is, in this order: the environment variable TOUCHTRAIN_PYTHON; .venv in the parent folder of
%   matlab/; python3 on the system path.
%
%   See also PY, PYARGS

if mod(nargin, 2) ~= 0 || ~iscellstr(varargin(1:2:end))
    error('MATLAB:Python:InvalidOption', 'pyenv requires name-value pairs.');
end
for k = 1:2:nargin
    switch lower(varargin{k})
        case 'version'
            chooseVersion(char(varargin{k + 1}));
        case 'executionmode'
            checkMode(char(varargin{k + 1}));
        otherwise
            error('MATLAB:Python:InvalidOption', ...
                'pyenv has no option ''%s''. Valid options are ''Version'' and ''ExecutionMode''.', varargin{k});
    end
end
environment = pyenvironment();
end

function chooseVersion(wanted)
    executable = pyexecutable(wanted);
    child = pysession();
    if strcmp(pystatus(), 'Loaded') && ~strcmp(executable, child.About.Command)
        error('MATLAB:Pyversion:PythonLoaded', ...
            ['Python %s is loaded (%s) and cannot be changed to %s. Call terminate(pyenv) first. ' ...
            'This deletes all Python objects in variables.'], ...
            child.About.Version, child.About.Executable, executable);
    end
    child.Version = executable;
end

function checkMode(mode)
    if strcmpi(mode, 'InProcess')
        warning('MATLAB:Python:OutOfProcessOnly', 'In Octave, the execution mode is always OutOfProcess.');
    elseif ~strcmpi(mode, 'OutOfProcess')
        error('MATLAB:Python:InvalidOption', ...
            'ExecutionMode must be ''OutOfProcess'' or ''InProcess'', not ''%s''.', mode);
    end
end
