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

expect_error('TouchTrain:PythonNotFound', @() touchtrain.setup('Python', fullfile(pwd(), 'python')), ...
    fullfile(pwd(), 'python'));
expect_error('TouchTrain:BadOption', @() touchtrain.setup('Python', 3));
expect_error('TouchTrain:BadOption', @() touchtrain.setup('Install', 'yes'));
expect_error('TouchTrain:UnknownOption', @() touchtrain.setup('Pyton', 'python3'), 'Python');

% Which Python a MATLAB loads.
expect_equal(touchtrain.internal.setup.pythonRange('2022a'), []);
expect_equal(touchtrain.internal.setup.pythonRange('2022b'), [10 10]);
expect_equal(touchtrain.internal.setup.pythonRange('2024b'), [10 12]);
expect_equal(touchtrain.internal.setup.pythonRange('2031a'), [10 14]);

% A Python that will not do.
if isunix()
    expect_error('TouchTrain:PythonNotFound', @() touchtrain.setup('Python', stand_in('3|9|')), '3.9', '3.11');
    expect_error('TouchTrain:PythonNotFound', @() touchtrain.setup('Python', stand_in('3|12|keras+h5py')), ...
        'keras, h5py');
end
end

function file = stand_in(answer)
% A program that answers like a Python.
file = fullfile(pwd(), 'stand_in');
id = fopen(file, 'w');
fprintf(id, '#!/bin/sh\necho "touchtrain|%s|$0"\n', answer);
fclose(id);
system(['chmod +x "' file '"']);
end
