function test_mark_errors()
% The message of a Python exception names class and text, whatever stands around it.
module = touchtrain.internal.python.pysideModule();
try
    module.job_status('/nowhere');
    message = '';
catch err
    message = err.message;
end
expected = 'Python Error: [\w.]*BadJob: TouchTrain:BadJob: ';
assert(~isempty(regexp(message, expected, 'once')), 'TouchTrain:Test', '%s', message);
expect_error('TouchTrain:BadJob', @() touchtrain.internal.python.askPython('job_status', fullfile(pwd(), 'none')));
expect_error('TouchTrain:Python', @() touchtrain.internal.python.askPython('check_options', 'train', 'no json'), ...
    'JSON');

probe = marks_python();
mark('Error of a call that raises ValueError', @() probe.fail('builtins', 'ValueError'));
mark('Error of a call that raises an exception of a library', @() probe.fail('zipfile', 'BadZipFile'));
mark('Error of a name that Python does not have', @() py.no_such_module_of_touchtrain.f());
identifiers = {'PyException', 'PythonUnavailable', 'UnsupportedInputArraySizeError', 'PyNotFound'};
for k = 1:numel(identifiers)
    mark(['Text of MATLAB:Python:' identifiers{k}], @() text_of(['MATLAB:Python:' identifiers{k}]));
end
end

function text = text_of(identifier)
if touchtrain.internal.values.isOctave()
    skip_test('Octave has no such list');
end
text = getString(message(identifier)); % MATLAB only
end
