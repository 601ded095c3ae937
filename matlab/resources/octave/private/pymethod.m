function value = pymethod(name, obj, varargin)
% PYMETHOD  Call OBJ.NAME(VARARGIN{:}) for the function syntax NAME(OBJ, VARARGIN{:}).

if ~(isobject(obj) && strcmp(builtin('class', obj), 'pyproxy'))
    error('Octave:undefined-function', '''%s'' undefined for a Python object that is not the first argument', name);
end
steps = struct('type', {'.', '()'}, 'subs', {name, varargin});
value = pycall('chain', obj, steps);
end
