function root = py()
% PY  Root of the Python namespace, as in MATLAB: py.package.module.function(arguments).
%
%   X = PY.MODULE.FUNCTION(A, B) imports the module if necessary, calls the Python function and returns its result by
%   the rules of MATLAB: float, complex and bool become double, complex double and logical; all other types stay Python
%   objects.
%   X = PY.LIST, a name without parentheses, calls the class or function without arguments.
%
%   This folder gives GNU Octave the Python interface that MATLAB has built in. It must not be on the path of MATLAB.
%   Python runs as a separate process, started at the first use. The environment variable TOUCHTRAIN_MATLAB_RELEASE
%   selects the MATLAB release whose array conversion applies: R2024b (array.array, memoryview) or R2025a (NumPy arrays;
%   the default).
%
%   Differences from MATLAB: NUMEL of a Python object is always 1 (use LENGTH); a call before END in the same
%   expression, such as py.list({1, 2}){end}, runs twice; text is char, because Octave has no strings.
%
%   See also PYARGS, PYENV

root = pyproxy(0, 0, 'module', '');
end
