function indexing()
% INDEXING  Elements and parts of Python objects, and assignment to them.

list = py.list({1, 2, 'abc', 4});
check('braces take an element, counted from 1', @() isequal(list{2}, 2) && isequal(char(list{3}), 'abc'));
check('end is the last element', @() isequal(list{end}, 4) && isequal(list{end - 3}, 1));
check('parentheses take a part', @() isequal(python_text(list(2:3)), '[2.0, ''abc'']'));
check('parentheses with one index take a part of one', @() isequal(python_text(list(1)), '[1.0]'));
check('a part has a step', @() isequal(python_text(list(1:3:4)), '[1.0, 4.0]'));
check('a part can go backwards', @() isequal(python_text(list(2:-1:1)), '[2.0, 1.0]'));
check('a part up to end', @() isequal(python_text(list(3:end)), '[''abc'', 4.0]'));
check('a colon takes all', @() isequal(python_text(list(:)), python_text(list)));
check('an empty range takes nothing', @() isequal(python_text(list(2:1)), '[]'));
check('a tuple is indexed alike', @() isequal(python_text(list_to_tuple(list, 2:3)), '(2.0, ''abc'')'));
numbers = py.array.array('i', {int8(7), int8(8), int8(9)});
check('an array.array is indexed alike', @() isequal(double(numbers(2:3)), [8 9]));
check('an index behind the end fails', @() list{5}, 'MATLAB:Python:PyException', 'Python Error: IndexError');
check('index 0 fails', @() list{0}, 'MATLAB:badsubscript', 'positive');
check('a broken index fails', @() list{1.5}, 'MATLAB:badsubscript', 'whole');
check('logical indices fail', @() list([true false true false]), 'MATLAB:badsubscript', 'logical');
check('any list of positions fails', @() list([1 2 4]), 'MATLAB:badsubscript', 'start:step:stop');
check('braces with a range fail', @() list{1:2}, 'MATLAB:badsubscript', '{}');
check('two indices of a list fail', @() list{1, 2}, 'MATLAB:badsubscript', 'one dimension');
check('a set cannot be indexed', @() indexed(py.set({1, 2})), 'MATLAB:Python:CannotIndex', 'set');
dict = py.dict(pyargs('a', 1));
check('a dict is indexed by key', @() isequal(dict{'a'}, 1));
check('a missing key fails', @() dict{'b'}, 'MATLAB:Python:PyException', 'Python Error: KeyError');
dict{'b'} = py.list({1, 2});
check('a key can be assigned to', @() isequal(python_text(dict), '{''a'': 1.0, ''b'': [1.0, 2.0]}'));
check('indices follow each other', @() isequal(dict{'b'}{2}, 2));
dict{'b'}{1} = 'x';
check('an element of an element can be assigned to', @() isequal(python_text(dict{'b'}), '[''x'', 2.0]'));
check('a method of an element can be called', @() isequal(double(dict{'b'}.count('x')), 1));
list{1} = 10;
check('an element can be assigned to', @() isequal(list{1}, 10));
list(2:3) = {5, 6, 7};
check('a part can be assigned to', @() isequal(python_text(list), '[10.0, 5.0, 6.0, 7.0, 4.0]'));
array = py.numpy.array([1 2 3; 4 5 6]);
check('an ndarray is indexed by row and column', @() isequal(array{2, 3}, 6) && isequal(array(1, 2), 2));
check('end in each dimension of an ndarray', @() isequal(array{end, 1}, 4) && isequal(array{1, end}, 3));
check('a part of an ndarray', @() isequal(double(py.numpy.array(array(:, 2:3))), [2 3; 5 6]));
array{1, 1} = 9;
check('an element of an ndarray can be assigned to', @() isequal(double(array), [9 2 3; 4 5 6]));
thing = py.types.SimpleNamespace(pyargs('a', 1));
thing.b = 'two';
check('an attribute can be read and assigned to', @() isequal(thing.a, 1) && isequal(char(thing.b), 'two'));
holder = struct('thing', thing);
holder.thing.c = 3;
check('an attribute of an object in a struct can be assigned to', @() isequal(thing.c, 3));
end

function part = list_to_tuple(list, range)
    whole = py.tuple(list);
    part = whole(range);
end

function x = indexed(object)
    x = object{1};
end
