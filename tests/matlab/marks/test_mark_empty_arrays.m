function test_mark_empty_arrays()
% What becomes of something empty on its way to Python. TouchTrain sends an empty cell instead of an empty array.
expect_equal(double(py.len({})), 0);
probe = marks_python();
asked = {'zeros(0, 0)', []; 'zeros(0, 3)', zeros(0, 3); 'zeros(1, 0)', zeros(1, 0); ...
    'uint8 zeros(3, 4, 0)', zeros(3, 4, 0, 'uint8'); 'char of 0x0', ''; 'char of 1x0', char(zeros(1, 0)); ...
    'cell of 0x0', {}; 'cell of 1x0', cell(1, 0); 'struct of 1x1 without fields', struct()};
for k = 1:size(asked, 1)
    mark(['What arrives for something empty: ' asked{k, 1}], @() char(probe.describe(asked{k, 2})));
end
end
