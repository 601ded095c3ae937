function test_mark_array_layout()
% Arrays arrive with MATLAB's size and order, whatever Python sees them as; vectors as a row of any shape.
numpy = py.importlib.import_module('numpy');
frames = uint8(reshape(mod(0:59, 251), 3, 4, 5));
seen = numpy.asarray(frames);
expect_equal(char(py.json.dumps(seen.shape)), '[3, 4, 5]');
expect_equal(double(seen.item(int32(1), int32(2), int32(3))), double(frames(2, 3, 4)));
seen = numpy.ravel(numpy.asarray([1 2 3]));
expect_equal(char(py.json.dumps(seen.tolist())), '[1.0, 2.0, 3.0]');
classes = {'uint8', 'uint16', 'int16', 'single', 'double'};
names = {'uint8', 'uint16', 'int16', 'float32', 'float64'};
for k = 1:numel(classes)
    seen = numpy.asarray(feval(classes{k}, frames));
    expect_equal(char(py.str(seen.dtype)), names{k});
end

probe = marks_python();
asked = {'uint8 of 3x4x5', frames; 'double of 3x4', double(frames(:, :, 1)); 'double, 1x3', [1 2 3]; ...
    'double, 3x1', [1; 2; 3]; 'uint8, 1x3', uint8([1 2 3]); 'logical, 1x3', true(1, 3); 'logical, 2x3', true(2, 3); ...
    'complex double, 1x2', [1 + 2i, 3]};
for k = 1:size(asked, 1)
    mark(['What arrives for an array: ' asked{k, 1}], @() char(probe.describe(asked{k, 2})));
end
large = zeros(61, 61, 2000, 'uint8');
mark('Is an array of 7 MB copied on its way', @() char(probe.same_memory(large, large)));
end
