function test_mark_returned_values()
% What Python's objects become in MATLAB. TouchTrain sends back text only, and arrays that are contiguous.
probe = marks_python();
arrays = {'0-d array', '1-d array', 'empty array', '0x3 array', 'C order', 'F order', 'every second', 'read-only', ...
    'bool array', 'float16 array', 'object array'};
for k = 1:numel(arrays)
    mark(sprintf('double(ndarray), %s', arrays{k}), @() double(probe.make(arrays{k})));
end
mark('uint8(ndarray) of uint8', @() uint8(probe.make('C order')));
mark('cast(ndarray, ''uint8'') of uint8', @() cast(probe.make('C order'), 'uint8'));
mark('logical(ndarray) of bool', @() logical(probe.make('bool array')));
scalars = {'float64', 'float32', 'int64', 'bool_', 'int', 'None', 'datetime', 'timedelta'};
for k = 1:numel(scalars)
    mark(['Class in MATLAB of a returned ' scalars{k}], @() class(probe.make(scalars{k})));
end
for k = 1:4
    mark(sprintf('double(numpy.%s)', scalars{k}), @() double(probe.make(scalars{k})));
end
mark('isa(None, ''py.NoneType'')', @() isa(probe.make('None'), 'py.NoneType'));
end
