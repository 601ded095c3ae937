function array_arguments_R2024b()
% ARRAY_ARGUMENTS_R2024B  Arrays as MATLAB passes them up to R2024b.

names = {'double', 'single', 'int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32', 'int64', 'uint64'};
codes = 'dfbBhHiIqQ';
for k = 1:numel(names)
    row = cast([1 2 3], names{k});
    check(['a row of class ' names{k} ' arrives as array.array of its typecode'], ...
        @() python_is(row, ['type(x).__name__ == "array" and x.typecode == "' codes(k) '"']));
end
check('a matrix arrives as memoryview', @() strcmp(python_type(ones(2, 3)), 'memoryview'));
check('a matrix is read-only', @() python_is(ones(2, 3), 'x.readonly and x.shape == (2, 3) and x.strides == (8, 16)'));
check('a column can be iterated over', @() isequal(py.math.fsum([1; 2; 3]), 6));
check('a logical row arrives as memoryview of bools', ...
    @() python_is([true false], 'type(x) is memoryview and x.format == "?"'));
check('a complex row is refused', @() py.len([1i 2]), 'MATLAB:Python:UnsupportedInputTypeError', 'complex');
check('a column cell is refused', @() py.len({1; 2}), 'MATLAB:Python:UnsupportedInputArraySizeError', ...
    'Conversion of MATLAB ''cell'' to Python is only supported for 1-N vectors.');
end
