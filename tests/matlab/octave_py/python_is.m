function yes = python_is(x, expression)
% PYTHON_IS  Whether the Python expression holds, in which x is X.

names = py.dict(pyargs('x', x));
names.update(py.dict(pyargs('np', py.importlib.import_module('numpy'))));
yes = py.eval(['bool(' expression ')'], names);
yes = islogical(yes) && yes;
end
