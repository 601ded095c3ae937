function returned_values()
% RETURNED_VALUES  What becomes a MATLAB value by itself, and what stays a Python object.

check('a float becomes double', @() isequal(py.math.sqrt(4), 2) && isa(py.math.sqrt(4), 'double'));
check('NaN and Inf come back', @() isnan(py.float('nan')) && isequal(py.float('-inf'), -Inf));
check('a complex becomes complex double', @() isequal(py.complex(1, 2), 1 + 2i));
check('a complex without imaginary part stays complex', @() ~isreal(py.complex(1, 0)));
check('a bool becomes logical', @() islogical(py.bool(1)) && py.bool(1));
check('an int stays py.int', @() isa(py.int(int8(3)), 'py.int') && ~isnumeric(py.int(int8(3))));
check('a str stays py.str', @() isa(py.str('a'), 'py.str') && ~ischar(py.str('a')));
check('None is of class py.NoneType', @() isa(py.None, 'py.NoneType') && isa(py.dict().get('a'), 'py.NoneType'));
check('a list stays py.list', @() isa(py.list({1}), 'py.list'));
check('a tuple is one output', @() isa(py.divmod(7, 2), 'py.tuple'));
check('an ndarray stays py.numpy.ndarray', @() isa(py.numpy.zeros(int8(3)), 'py.numpy.ndarray'));
check('a NumPy float64 becomes double', @() isequal(py.numpy.float64(2.5), 2.5));
check('a NumPy int64 stays a Python object', @() isa(py.numpy.int64(2), 'py.numpy.int64'));
end
