function root = py()
% PY  Root of the Python name space, as in MATLAB: py.package.module.function(arguments).
%
%   X = PY.MODULE.FUNCTION(A, B) imports what is needed, calls the Python function and gives back its result by the
%   rules of MATLAB: float, complex and bool become double, complex double and logical; all else stays a Python object.
%   X = PY.LIST, a name without parentheses, calls the class or function without arguments.
%
%   This folder gives GNU Octave what MATLAB has built in; MATLAB must never have it on its path. Python runs as a
%   process of its own, started at the first use. The environment variable TOUCHTRAIN_MATLAB_RELEASE says in which
%   manner arrays are passed: R2024b (array.array, memoryview) or R2025a (NumPy arrays; the default).
%
%   What differs from MATLAB: NUMEL of a Python object is always 1 (use LENGTH); a call in front of END within the same
%   expression, as in py.list({1, 2}){end}, runs twice; text is char, because Octave has no strings.
%
%   See also PYARGS, PYENV

root = pyproxy(0, 0, 'module', '');
end
