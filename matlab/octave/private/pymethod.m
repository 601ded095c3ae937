function value = pymethod(name, obj, varargin)
% PYMETHOD  OBJ.NAME(VARARGIN{:}), for NAME(OBJ, VARARGIN{:}).

if ~(isobject(obj) && strcmp(builtin('class', obj), 'pyproxy'))
    error('Octave:undefined-function', '''%s'' undefined for a Python object behind the first argument', name);
end
steps = struct('type', {'.', '()'}, 'subs', {name, varargin});
value = pycall('chain', obj, steps);
end
