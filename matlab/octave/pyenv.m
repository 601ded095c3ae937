function environment = pyenv(varargin)
% PYENV  Ask or choose which Python py. uses.
%
%   E = PYENV gives Version, Executable, Library, Home, Status, ExecutionMode, ProcessID and ProcessName.
%   E = PYENV('Version', FILE) uses the Python executable FILE in this session. Once Python is loaded, another one
%   can only be chosen after TERMINATE(PYENV).
%   E = PYENV(..., 'ExecutionMode', 'OutOfProcess') is accepted; Octave has no other mode.
%
%   Without a choice, Python is, in this order: the environment variable TOUCHTRAIN_PYTHON; .venv beside the folder
%   matlab/; python3 on the path of the system.
%
%   See also PY, PYARGS

if mod(nargin, 2) ~= 0 || ~iscellstr(varargin(1:2:end))
    error('MATLAB:Python:InvalidOption', 'pyenv expects pairs of a name and a value.');
end
for k = 1:2:nargin
    switch lower(varargin{k})
        case 'version'
            chooseVersion(char(varargin{k + 1}));
        case 'executionmode'
            checkMode(char(varargin{k + 1}));
        otherwise
            error('MATLAB:Python:InvalidOption', ...
                'pyenv has no option ''%s''. It takes ''Version'' and ''ExecutionMode''.', varargin{k});
    end
end
environment = pyenvironment();
end

function chooseVersion(wanted)
    executable = pyexecutable(wanted);
    child = pysession();
    if strcmp(pystatus(), 'Loaded') && ~strcmp(executable, child.About.Command)
        error('MATLAB:Pyversion:PythonLoaded', ...
            ['Python %s is loaded (%s) and cannot be changed to %s. Call terminate(pyenv) first; ' ...
            'Python objects in variables are lost then.'], ...
            child.About.Version, child.About.Executable, executable);
    end
    child.Version = executable;
end

function checkMode(mode)
    if strcmpi(mode, 'InProcess')
        warning('MATLAB:Python:OutOfProcessOnly', 'In Octave, Python always runs OutOfProcess.');
    elseif ~strcmpi(mode, 'OutOfProcess')
        error('MATLAB:Python:InvalidOption', 'ExecutionMode is ''OutOfProcess'' or ''InProcess'', not ''%s''.', mode);
    end
end
