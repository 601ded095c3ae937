function test_mark_sent_values()
% What single values, cells, structs and times become in Python.
probe = marks_python();
asked = {'a double', 5; 'a single', single(0.5); 'an int32', int32(5); 'a logical', true; 'a row of char', 'ab'; ...
    'a column cell', {1; 'a'}; 'a cell in a cell', {{1}, {}}; 'a struct', struct('b', 1, 'a', 'x')};
for k = 1:size(asked, 1)
    mark(['What arrives for ' asked{k, 1}], @() char(probe.describe(asked{k, 2})));
end
others = {'a string', 'a missing string', 'a datetime', 'three datetimes', 'a duration', 'three durations'};
for k = 1:numel(others)
    mark(['What arrives for ' others{k}], @() char(probe.describe(of_matlab(k))));
end
end

function value = of_matlab(k)
if touchtrain.internal.values.isOctave()
    skip_test('Octave has no strings and no times');
end
switch k
    case 1
        value = string('ab'); % MATLAB only
    case 2
        value = string(missing()); % MATLAB only
    case 3
        value = datetime(2020, 1, 2); % MATLAB only
    case 4
        value = datetime(2020, 1, 1:3); % MATLAB only
    case 5
        value = seconds(3); % MATLAB only
    case 6
        value = seconds(1:3); % MATLAB only
end
end
