function objects()
% OBJECTS  What Octave's own functions say of Python objects.

list = py.list({1, 2, 3});
check('class names the Python class', ...
    @() strcmp(class(list), 'py.list') && strcmp(class(py.collections.OrderedDict), 'py.collections.OrderedDict'));
check('isa knows the class', @() isa(list, 'py.list') && ~isa(list, 'py.dict'));
check('isa knows the base classes', @() isa(py.collections.OrderedDict, 'py.dict') && isa(py.KeyError, 'py.Exception'));
check('isa knows object', @() isa(list, 'py.object'));
check('a Python object is no number, text or cell', @() ~isnumeric(list) && ~ischar(list) && ~iscell(list));
check('length, size and isempty tell of a list', ...
    @() length(list) == 3 && isequal(size(list), [1 3]) && ~isempty(list) && isempty(py.list()));
check('size tells of an ndarray', @() isequal(size(py.numpy.zeros({int8(2), int8(3), int8(4)})), [2 3 4]));
check('size gives single sizes', @() isequal(size(list, 2), 3) && isequal(size(list, 3), 1) && splits_size(list));
check('ndims counts dimensions', @() ndims(list) == 2 && ndims(py.numpy.zeros({int8(2), int8(3), int8(4)})) == 3);
check('what has no length is 1 by 1', @() isequal(size(py.object()), [1 1]) && isequal(size(py.int(int8(5))), [1 1]));
check('isequal compares values', @() isequal(list, py.list({1, 2, 3})) && ~isequal(list, py.list({1, 2})));
check('isequal compares arrays', ...
    @() isequal(py.numpy.array([1 2; 3 4]), py.numpy.array([1 2; 3 4])) && ...
    ~isequal(py.numpy.zeros(int8(2)), py.numpy.ones(int8(2))));
check('isequal compares with MATLAB values', @() isequal(py.int(int8(3)), 3) && ~isequal(py.str('a'), 'b'));
check('== gives logical', @() islogical(py.int(int8(3)) == 3) && py.int(int8(3)) == 3 && ~(py.str('a') == 'b'));
check('comparisons work', ...
    @() py.int(int8(3)) > 2 && py.int(int8(3)) <= 3 && py.int(int8(3)) ~= 4 && 2 < py.int(int8(3)));
check('arithmetic works', @() isequal(python_text(list + py.list({4})), '[1.0, 2.0, 3.0, 4.0]') && ...
    isequal(py.int(int8(7)) / 2, 3.5) && isequal(python_text(-py.int(int8(7))), '-7') && ...
    isequal(py.int(int8(2)) ^ 3, 8));
check('disp shows an object', @() shows(py.list({1, 2, 3}), '[1.0, 2.0, 3.0]'));
check('a name on its own shows name and object', @() shows_itself());
check('disp cuts what is very long', @() numel(shown(py.str(repmat('a', 1, 50000)))) < 20000);
check('an object is dropped with its last variable', @() drops_object());
check('an object in two variables lives as long as one', @() survives_in_copy());
check('a hundred objects at once can be dropped', @() drops_many());
end

function good = splits_size(list)
    [rows_, columns_] = size(list);
    good = rows_ == 1 && columns_ == 3;
end

function text = shown(object) %#ok<INUSD>
    text = evalc('disp(object)');
end

function good = shows(object, part)
    good = ~isempty(strfind(shown(object), part));
end

function good = shows_itself()
    text = py.str('seen'); %#ok<NASGU>
    shown = evalc('text');
    good = ~isempty(strfind(shown, 'text =')) && ~isempty(strfind(shown, 'seen'));
end

function good = drops_object()
    thing = py.octave_py_helpers.Counted();
    before = double(py.octave_py_helpers.n_counted());
    clear('thing');
    good = before == 1 && double(py.octave_py_helpers.n_counted()) == 0;
end

function good = survives_in_copy()
    thing = py.octave_py_helpers.Counted();
    copies = {thing};
    clear('thing');
    good = double(py.octave_py_helpers.n_counted()) == 1 && isa(copies{1}, 'py.object');
    copies = {};
    good = good && isempty(copies) && double(py.octave_py_helpers.n_counted()) == 0;
end

function good = drops_many()
    things = cell(1, 100);
    for k = 1:100
        things{k} = py.octave_py_helpers.Counted();
    end
    good = double(py.octave_py_helpers.n_counted()) == numel(things);
    things = [];
    good = good && isempty(things) && double(py.octave_py_helpers.n_counted()) == 0;
end
