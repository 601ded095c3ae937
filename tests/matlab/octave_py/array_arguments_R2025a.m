function array_arguments_R2025a()
% ARRAY_ARGUMENTS_R2025A  Arrays as MATLAB passes them since R2025a.

check('a row arrives as ndarray', @() strcmp(python_type([1 2 3]), 'ndarray'));
check('a column arrives as ndarray', @() strcmp(python_type([1; 2; 3]), 'ndarray'));
check('a matrix arrives as ndarray', @() strcmp(python_type(ones(2, 3)), 'ndarray'));
check('a logical array arrives as ndarray', @() strcmp(python_type([true false]), 'ndarray'));
check('a complex array arrives as complex128', ...
    @() python_is([1i 2; 3 4 + 1i], 'x.dtype == "complex128" and x[0, 0] == 1j and x[1, 1] == 4 + 1j'));
check('a complex single array arrives as complex64', ...
    @() python_is(single([1i 2]), 'x.dtype == "complex64" and x[0] == 1j'));
check('a column cell arrives as tuple', @() strcmp(python_text({1; 2}), '(1.0, 2.0)'));
end
