function errors()
% ERRORS  Python exceptions and names that lead nowhere.

python = 'MATLAB:Python:PyException';
unresolved = 'MATLAB:undefinedVarOrClass';
check('an exception has MATLAB''s identifier and form', ...
    @() strcmp(message_of(@() py.int('abc')), ...
    'Python Error: ValueError: invalid literal for int() with base 10: ''abc'''));
check('every exception has the same identifier', @() py.dict().popitem(), python, 'Python Error: KeyError');
check('an exception without text is its name alone', ...
    @() strcmp(message_of(@() py.next(py.iter({}))), 'Python Error: StopIteration'));
check('an exception of a library has its bare name', @() py.json.loads('{'), python, 'Python Error: JSONDecodeError: ');
check('a failed import by import_module tells why', @() py.importlib.import_module('octave_py_broken'), python, ...
    'Python Error: RuntimeError: broken on purpose');
check('the first letters of a message can be an identifier', ...
    @() py.octave_py_helpers.fail('TouchTrain:BadLabels: 3 labels'), python, ...
    'Python Error: ValueError: TouchTrain:BadLabels: 3 labels');
check('percent signs and backslashes in a message are kept', ...
    @() strcmp(message_of(@() py.octave_py_helpers.fail('C:\new %d')), 'Python Error: ValueError: C:\new %d'));
check('a module that does not exist is not resolved', ...
    @() strcmp(message_of(@() py.nosuch.thing.fn(1)), 'Unable to resolve the name ''py.nosuch.thing.fn''.'));
check('the identifier says so', @() py.nosuch.fn(1), unresolved, 'py.nosuch.fn');
check('a function that does not exist is not resolved', @() py.math.nosuch(1), unresolved, 'py.math.nosuch');
check('a module that fails while it is imported is not resolved', @() py.octave_py_broken.fn(1), unresolved, ...
    'Unable to resolve the name ''py.octave_py_broken.fn''.');
check('a missing attribute is MATLAB''s error', @() py.list().nosuch, 'MATLAB:noSuchMethodOrField', ...
    'Unrecognized method, property, or field ''nosuch'' for class ''py.list''.');
check('a property that fails inside shows its own error', @() py.octave_py_helpers.Touchy().value, python, ...
    'AttributeError: inside');
check('SystemExit ends the call, not the process', @() py.sys.exit(int8(3)), python, 'Python Error: SystemExit: 3');
check('the next call works after an error', @() isequal(py.math.sqrt(9), 3));
check('the last error is kept for print_last', @() keeps_last_error());
end

function text = message_of(code)
    text = '';
    try
        code();
    catch err
        text = err.message;
    end
end

function good = keeps_last_error()
    message_of(@() py.int('abc'));
    good = isa(py.sys.last_value, 'py.ValueError');
end
