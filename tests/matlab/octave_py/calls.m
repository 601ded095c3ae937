function calls()
% CALLS  Names, calls, keywords and methods.

check('a function of a module of a package is called', @() isequal(char(py.os.path.join('a', 'b')), 'a/b'));
check('a package that does not import its module finds it', @() isequal(py.helper_package.inner.answer(), 42));
check('a builtin is called', @() isequal(py.abs(-2), 2));
check('a class named without parentheses is called', @() isa(py.list, 'py.list') && length(py.list) == 0);
check('a function named without parentheses is called', @() isa(py.os.getcwd, 'py.str'));
check('an exception named without parentheses is an instance', @() isa(py.ValueError, 'py.ValueError'));
check('a method named without parentheses is called', @() isequal(char(py.str('a').upper), 'A'));
check('a value named without parentheses is itself', @() isequal(py.math.pi, pi));
check('methods follow each other', @() isequal(char(py.str(' a ').strip().upper()), 'A'));
check('pyargs passes keywords', ...
    @() isequal(python_text(py.dict(pyargs('a', 1, 'b', 'x'))), '{''a'': 1.0, ''b'': ''x''}'));
check('pyargs stands behind other arguments', @() isequal(double(py.int('ff', pyargs('base', int8(16)))), 255));
check('pyargs without pairs passes nothing', @() isequal(python_text(py.dict(pyargs())), '{}'));
check('names and values without pyargs are no keywords', @() py.dict('a', 1), 'MATLAB:Python:PyException', 'TypeError');
check('pyargs in front is refused', @() py.dict(pyargs('a', 1), 2), 'MATLAB:Python:KeywordsNotLast', 'last');
check('pyargs with half a pair is refused', @() pyargs('a'), 'MATLAB:Python:InvalidKeywords', 'pairs');
check('pyargs with a number for a name is refused', @() pyargs(1, 2), 'MATLAB:Python:InvalidKeywords', 'name');
check('an integral double becomes int where the function says so', ...
    @() isequal(char(py.octave_py_helpers.type_of_hinted(3)), 'int'));
check('a hint written as text counts too', @() isequal(char(py.octave_py_helpers.type_of_text_hinted(3)), 'int'));
check('a hint counts for keywords', @() isequal(char(py.octave_py_helpers.type_of_hinted(pyargs('x', 3))), 'int'));
check('a hint counts for the constructor of a class', @() isa(py.octave_py_helpers.Hinted(3).x, 'py.int'));
check('a hint counts for an inherited constructor', @() isa(py.octave_py_helpers.Heir(3).x, 'py.int'));
check('a broken double stays float in spite of the hint', ...
    @() isequal(char(py.octave_py_helpers.type_of_hinted(3.5)), 'float'));
check('without a hint a double stays float', @() isequal(char(py.octave_py_helpers.type_of(3)), 'float'));
list = py.list({1, 2});
append(list, 3);    % Octave only
list.append(4);
insert(list, int32(0), 0);    % Octave only
check('append and insert work as functions and as methods', @() isequal(double(list), [0 1 2 3 4]));
check('count works as a function', @() isequal(double(count(list, 3)), 1));    % Octave only
dict = py.dict(pyargs('a', 1, 'b', 2));
check('keys and values work as functions', ...
    @() isequal(python_text(py.list(keys(dict))), '[''a'', ''b'']') && ...     % Octave only
    isequal(double(py.list(values(dict))), [1 2]));     % Octave only
check('items works as a method', @() isequal(python_text(py.list(dict.items())), '[(''a'', 1.0), (''b'', 2.0)]'));
check('update works as a function', @() updates(py.dict()));
check('py.getattr reaches names that MATLAB cannot write', ...
    @() isequal(char(py.getattr(py.getattr(list, '__class__'), '__name__')), 'list'));
check('py.setattr assigns to them', @() assigns_hidden(py.types.SimpleNamespace()));
check('a name with an underscore in front is refused', ...
    @() py.os.('_exit')(0), 'MATLAB:undefinedVarOrClass', 'py.getattr');
check('only one output can be had', @() two_outputs(), 'MATLAB:TooManyOutputs', 'one output');
check('a call that gives None shows nothing', @() isempty(evalc('py.list({1}).append(2);')));
check('a folder is added to the path in MATLAB''s way', @() adds_folder(tempdir()));
check('Python stands in the folder in which Octave stands', @() stands_with_octave());
check('the loop over a list runs over its cell', @() sum_over(py.list({1, 2, 3})) == 6);
end

function good = updates(dict)
    update(dict, struct('k', 1));    % Octave only
    good = isequal(dict{'k'}, 1);
end

function good = assigns_hidden(thing)
    py.setattr(thing, '_x', 5);
    good = isequal(py.getattr(thing, '_x'), 5);
end

function two_outputs()
    [a, b] = py.divmod(7, 2); %#ok<ASGLU>
end

function good = adds_folder(folder)
    if count(py.sys.path, folder) == 0    % Octave only
        insert(py.sys.path, int32(0), folder);    % Octave only
    end
    good = count(py.sys.path, folder) > 0;    % Octave only
end

function good = stands_with_octave()
    before = pwd();
    back = onCleanup(@() cd(before));
    cd(tempdir());
    good = isequal(char(py.os.getcwd()), pwd());
    clear('back');
    good = good && isequal(char(py.os.getcwd()), before);
end

function total = sum_over(list)
    total = 0;
    for element = cell(list)
        total = total + element{1};
    end
end
