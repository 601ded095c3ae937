function conversions()
% CONVERSIONS  The functions that turn a Python object into a MATLAB value.

check('char gives the text of a str', @() isequal(char(py.str('abc')), 'abc'));
check('char gives what str() says of any object', @() isequal(char(py.list({1})), '[1.0]'));
check('string gives the text of a str', @() isequal(char(string(py.str('abc'))), 'abc'));   % Octave only
check('string of a list gives its texts', @() isequal(string(py.list({'a', 'b'})), {'a', 'b'}));    % Octave only
numbers = {'double', 'single', 'int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32', 'int64', 'uint64'};
block = reshape(1:24, 2, 3, 4);
for k = 1:numel(numbers)
    name = numbers{k};
    check([name ' of an int'], @() isSame(feval(name, py.int(int8(7))), cast(7, name)));
    check([name ' of a list'], @() isSame(feval(name, py.list({1, int8(2), true})), cast([1 2 1], name)));
    check([name ' of a tuple'], @() isSame(feval(name, py.tuple({3, 4})), cast([3 4], name)));
    check([name ' of an array.array'], ...
        @() isSame(feval(name, py.array.array('h', {int8(5), int8(6)})), cast([5 6], name)));
    check([name ' of a memoryview'], ...
        @() isSame(feval(name, py.memoryview(py.array.array('d', {5, 6}))), cast([5 6], name)));
    check([name ' of an ndarray'], ...
        @() isSame(feval(name, py.numpy.arange(6).reshape({int8(2), int8(3)})), cast([0 1 2; 3 4 5], name)));
    check([name ' gets back what was sent'], ...
        @() isSame(feval(name, py.numpy.array(cast(block, name))), cast(block, name)));
end
check('logical of an int and of a list', ...
    @() isequal(logical(py.int(int8(2))), true) && isequal(logical(py.list({true, 0})), [true false]));
check('logical of an ndarray of bools', ...
    @() isSame(logical(py.numpy.array([true false; true true])), [true false; true true]));
check('logical of other arrays is not possible', @() logical(py.numpy.ones(int8(3))), 'MATLAB:invalidConversion', ...
    'Conversion to logical from py.numpy.ndarray is not possible.');
check('an integer class clips as in MATLAB', ...
    @() isequal(uint8(py.int(int32(300))), 255) && isequal(uint8(py.list({-5, 2.5})), uint8([0 3])));
check('int64 of an int is exact', @() int64(py.int(int64(9007199254740993))) == int64(9007199254740993));
check('uint64 of the largest is exact', @() uint64(py.int(intmax('uint64'))) == intmax('uint64'));
check('int64 of a list is exact', @() isequal(int64(py.list({intmax('int64'), int8(1)})), [intmax('int64') 1]));
check('int64 of an ndarray is exact', @() isequal(int64(py.numpy.array({intmax('int64')})), intmax('int64')));
check('uint8 of bytes is a row', @() isSame(uint8(py.bytes({int8(0), int8(10), int16(255)})), uint8([0 10 255])));
check('an array of one dimension becomes a row', @() isequal(size(double(py.numpy.zeros(int8(3)))), [1 3]));
check('an array without dimension becomes a scalar', @() isequal(double(py.numpy.array(5)), 5));
check('a NumPy scalar is converted', @() isSame(single(py.numpy.float32(1.5)), single(1.5)) && ...
    isequal(int64(py.numpy.int64(int64(9007199254740993))) - int64(9007199254740992), 1));
check('an empty array keeps its shape', @() isequal(size(double(py.numpy.zeros({int8(0), int8(3)}))), [0 3]));
check('a complex ndarray becomes complex', @() isequal(double(py.numpy.array({1i, 2})), [1i 2]));
check('row-major arrays come back right', ...
    @() isequal(double(py.numpy.ascontiguousarray(reshape(1:24, 2, 3, 4))), reshape(1:24, 2, 3, 4)));
big = reshape(single(1:600000), 2, 1000, 300);
check('an array of more than 1 MiB comes back right', @() isSame(single(py.numpy.array(big)), big));
check('a row-major array of more than 1 MiB comes back right', ...
    @() isSame(single(py.numpy.ascontiguousarray(big)), big));
check('big-endian arrays come back right', @() isequal(double(py.numpy.array({1, 2}, pyargs('dtype', '>f8'))), [1 2]));
check('an array that is not contiguous is refused', ...
    @() double(py.numpy.ones({int8(4), int8(4)}).T(1:2, 1:2)), 'MATLAB:Python:PyException', ...
    'Python Error: ValueError: ndarray is not contiguous');
check('float16 is not convertible', @() double(py.numpy.zeros(int8(3), 'float16')), 'MATLAB:invalidConversion', ...
    'Conversion to double from py.numpy.ndarray is not possible.');
check('double of a dict is not possible', @() double(py.dict()), 'MATLAB:invalidConversion', ...
    'Conversion to double from py.dict is not possible.');
check('double of a str is not possible', @() double(py.str('3')), 'MATLAB:invalidConversion', ...
    'Conversion to double from py.str is not possible.');
check('a list with text has no double', @() double(py.list({1, 'a'})), 'MATLAB:Python:ElementConversion', ...
    'Conversion of Python element at position 2 to type ''double'' failed.');
check('cell of a list converts what converts by itself', ...
    @() isequal(cellfun(@(x) {builtin('class', x)}, cell(py.list({1, true, 2i}))), {'double', 'logical', 'double'}));
check('cell of a tuple is a row', @() isequal(size(cell(py.tuple({1, 2, 3}))), [1 3]));
check('cell of an empty list is 1 by 0', @() isequal(size(cell(py.list())), [1 0]));
list = cell(py.list({'a', int8(1), {}}));
check('a str in a list stays py.str', @() isa(list{1}, 'py.str'));
check('an int in a list stays py.int', @() isa(list{2}, 'py.int'));
check('a tuple in a list stays py.tuple', @() isa(list{3}, 'py.tuple'));
check('cell of what is no sequence says how', @() cell(py.dict().keys()), 'MATLAB:invalidConversion', 'py.list');
fields = struct(py.dict(pyargs('loss', py.list({0.5, 0.25}), 'name', 'net', 'epochs', int32(3), 'lr', 0.1)));
check('struct of a dict has its keys', @() isequal(fieldnames(fields), {'loss'; 'name'; 'epochs'; 'lr'}));
check('a float in a dict becomes double', @() isequal(fields.lr, 0.1));
check('a str in a dict becomes text', @() isequal(char(fields.name), 'net'));
check('an int in a dict is converted by double', @() isequal(double(fields.epochs), 3));
check('a list in a dict is converted by double', @() isequal(double(fields.loss), [0.5 0.25]));
check('struct of a dict with a bad key fails', ...
    @() struct(py.dict({{'a b', 1}})), 'MATLAB:invalidConversion', '''a b''');
check('struct of a list is not possible', @() struct(py.list()), 'MATLAB:invalidConversion', 'struct');
check('a struct can be made with a Python object', @() isa(getfield(struct('h', py.list()), 'h'), 'py.list'));
end

function same = isSame(a, b)
    same = isequal(a, b) && strcmp(class(a), class(b));
end
