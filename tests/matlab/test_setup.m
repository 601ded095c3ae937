function test_setup()
% setup connects Python, says so, and may be called again.
first = touchtrain.setup();
assert(isfile(first.job_python) && ~isempty(first.keras) && ~isempty(first.version));
text = evalc('touchtrain.setup');
assert(~isempty(strfind(text, first.job_python)) && ~isempty(strfind(text, first.version)));
second = touchtrain.setup();
expect_equal(second.job_python, first.job_python);
expect_equal(second.python, first.python);
third = touchtrain.setup('Python', first.job_python);
expect_equal(third.job_python, first.job_python);

expect_error('TouchTrain:PythonNotFound', @() touchtrain.setup('Python', fullfile(pwd(), 'python')), 'does not run');
expect_error('TouchTrain:BadOption', @() touchtrain.setup('Python', 3));
expect_error('TouchTrain:BadOption', @() touchtrain.setup('Install', 'yes'));
expect_error('TouchTrain:UnknownOption', @() touchtrain.setup('Pyton', 'python3'), 'Python');

% Which Python a MATLAB loads.
expect_equal(touchtrain.internal.pythonRange('2022a'), []);
expect_equal(touchtrain.internal.pythonRange('2022b'), [10 10]);
expect_equal(touchtrain.internal.pythonRange('2024b'), [10 12]);
expect_equal(touchtrain.internal.pythonRange('2031a'), [10 14]);
fault = @(version, missing) touchtrain.internal.jobFault( ...
    struct('ok', true, 'executable', 'p', 'version', version, 'missing', {missing}));
expect_equal(fault([3 12], {}), '');
assert(~isempty(strfind(fault([3 9], {}), '3.9')));
assert(~isempty(strfind(fault([3 11], {'keras'}), 'keras')));
end
