function value = pyoperate(name, varargin)
% PYOPERATE  Call a function of the Python module operator, such as 'add', with the other arguments.

steps = struct('type', {'.', '.', '()'}, 'subs', {'operator', name, varargin});
value = pycall('chain', py(), steps);
end
