function refused_arguments()
% REFUSED_ARGUMENTS  What MATLAB does not convert in any release.

size_error = 'MATLAB:Python:UnsupportedInputArraySizeError';
type_error = 'MATLAB:Python:UnsupportedInputTypeError';
check('a char matrix is refused', @() py.len(['ab'; 'cd']), size_error, ...
    'Conversion of MATLAB ''char'' to Python is only supported for 1-N vectors.');
check('a cell matrix is refused', @() py.len({1, 2; 3, 4}), size_error, ...
    'Conversion of MATLAB ''cell'' to Python is only supported for 1-N vectors.');
check('a struct array is refused', @() py.len(struct('a', {1, 2})), size_error, 'Conversion of MATLAB ''struct''');
check('a sparse matrix is refused', @() py.len(sparse([1 0 2])), type_error, 'sparse');
check('a MATLAB function handle is refused', @() py.len(@sin), type_error, 'function_handle');
check('an anonymous function is refused', @() py.len(@(x) x + 1), type_error, 'function_handle');
check('a containers.Map is refused', @() py.len(containers.Map()), type_error, 'containers.Map');
check('a value that is refused deep inside is named', @() py.len({struct('a', {{sparse(1)}})}), type_error, 'sparse');
check('the call after a refused one works', @() isequal(py.len({1, 2}), py.int(int8(2))));
end
