function value = pyoperate(name, varargin)
% PYOPERATE  A function of Python's module operator, such as 'add', of the other arguments.

steps = struct('type', {'.', '.', '()'}, 'subs', {'operator', name, varargin});
value = pycall('chain', py(), steps);
end
