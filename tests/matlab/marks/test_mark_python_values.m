function test_mark_python_values()
% What the documentation of MATLAB's py. leaves open and the code relies on: values on their way.
module = touchtrain.internal.python.pysideModule();

% A submodule by importlib; calls of its functions; str back by char.
about = touchtrain.internal.python.fromJson(char(module.about()));
assert(isfield(about, 'numpy') && ischar(about.numpy));

% The list py.sys.path is the one that Python looks at, and an int comes back by double.
[root, ~] = touchtrain.internal.python.packageRoot();
path = py.sys.path;
assert(double(path.count(root)) == 1);

% Inside MATLAB and Octave Python is told so, by no variable that programs started with ! would see.
processes = py.importlib.import_module('pyside.system.processes');
assert(processes.inside_host());
expect_equal(getenv('TOUCHTRAIN_HOST'), '');

% An empty cell is an empty tuple, a cell of texts a tuple of texts, a cell in a cell likewise.
expect_equal(double(py.len({})), 0);
expect_equal(double(py.len({'a', 'b'})), 2);
expect_equal(char(py.json.dumps({{'a', 'b'}, {'c'}})), '[["a", "b"], ["c"]]');

% A number arrives as a number, a logical as one.
expect_equal(double(py.int(7)), 7);
expect_equal(char(py.json.dumps({true, false})), '[true, false]');
mark('Do all values that TouchTrain sends and gets arrive as expected', 'yes');
end
