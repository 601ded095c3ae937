function scalar_arguments()
% SCALAR_ARGUMENTS  Values of one element, as Python gets them.

check('a double arrives as float', @() strcmp(python_type(5), 'float') && strcmp(python_text(5), '5.0'));
check('a single arrives as float', @() strcmp(python_text(single(0.5)), '0.5'));
check('a complex double arrives as complex', @() strcmp(python_text(2 + 3i), '(2+3j)'));
check('a complex single arrives as complex', @() strcmp(python_type(single(2 + 3i)), 'complex'));
integers = {int8(-8), uint8(8), int16(-16), uint16(16), int32(-32), uint32(32), int64(-64), uint64(64)};
for k = 1:numel(integers)
    x = integers{k};
    check(['a scalar of class ' class(x) ' arrives as int'], @() strcmp(python_text(x), sprintf('%d', x)));
end
check('the largest uint64 arrives whole', @() strcmp(python_text(intmax('uint64')), '18446744073709551615'));
check('an int64 beyond 2^53 arrives whole', @() strcmp(python_text(int64(9007199254740993)), '9007199254740993'));
check('a logical arrives as bool', @() strcmp(python_text(true), 'True') && strcmp(python_text(false), 'False'));
check('NaN and Inf arrive as floats', @() strcmp(python_text({NaN, Inf, -Inf}), '(nan, inf, -inf)'));
check('negative zero keeps its sign', @() strcmp(python_text(-0), '-0.0'));
check('a char row arrives as str', @() strcmp(python_text('touch'), '''touch'''));
check('an empty char arrives as an empty str', @() strcmp(python_text(''), ''''''));
check('a char of size 1 by 0 arrives as an empty str', @() strcmp(python_text(char(zeros(1, 0))), ''''''));
check('a struct arrives as dict in the order of its fields', ...
    @() strcmp(python_text(struct('b', 1, 'a', 'x')), '{''b'': 1.0, ''a'': ''x''}'));
check('a struct in a struct arrives as dict in a dict', ...
    @() strcmp(python_text(struct('a', struct('b', int8(3)))), '{''a'': {''b'': 3}}'));
check('a struct without fields arrives as an empty dict', @() strcmp(python_text(struct()), '{}'));
check('py.None arrives as None', @() strcmp(python_text(py.None), 'None'));
x = py.list({1});
check('a Python object arrives as itself', @() py.operator.is_(x, x));
check('a handle of a Python function arrives as that function', ...
    @() isequal(py.functools.reduce(@py.operator.add, {1, 2, 3}), 6));
check('a one-element vector arrives as a number', @() strcmp(python_type(ones(1, 1)), 'float'));
end
