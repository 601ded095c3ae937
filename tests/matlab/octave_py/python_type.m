function name = python_type(x)
% PYTHON_TYPE  Name of the Python class as which X arrives.

name = char(py.getattr(py.type(x), '__name__'));
end
