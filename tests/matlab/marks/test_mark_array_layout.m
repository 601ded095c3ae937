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
end
