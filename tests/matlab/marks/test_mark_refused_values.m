function test_mark_refused_values()
% With which identifier MATLAB refuses what it cannot send. TouchTrain sends none of these.
probe = marks_python();
asked = {'a cell of 2x2', {1, 2; 3, 4}; 'a char of 2x2', ['ab'; 'cd']; 'a struct of 1x2', struct('a', {1, 2}); ...
    'a sparse matrix', sparse([1 0 2]); 'a containers.Map', containers.Map('KeyType', 'char', 'ValueType', 'any'); ...
    'a function handle', @(x) x + 1};
for k = 1:size(asked, 1)
    mark(['What comes of sending ' asked{k, 1}], @() char(probe.describe(asked{k, 2})));
end
for kind = {'string', 'categorical'}
    mark(['What comes of sending a ' kind{1} ' of 1x2'], @() char(probe.describe(of_matlab(kind{1}))));
end
end

function value = of_matlab(kind)
if touchtrain.internal.values.isOctave()
    skip_test(['Octave has no ' kind]);
end
value = string_like(kind, {'a', 'b'});
end
