function test_json()
% Records come back from Python in one form, and options go there in one form.
row = touchtrain.internal.python.fromJson('[1, 2, 3]');
expect_equal(row, [1 2 3]);
expect_equal(touchtrain.internal.python.fromJson('[1]'), 1);
expect_equal(touchtrain.internal.python.fromJson('[1, null, 3]'), [1 NaN 3]);
expect_equal(touchtrain.internal.python.fromJson('[true, false]'), [true false]);
expect_equal(touchtrain.internal.python.fromJson('["a", "b"]'), {'a', 'b'});
expect_equal(touchtrain.internal.python.fromJson('["a"]'), {'a'});
expect_equal(isempty(touchtrain.internal.python.fromJson('[]')), true);
expect_equal(isempty(touchtrain.internal.python.fromJson('null')), true);
alike = touchtrain.internal.python.fromJson('[{"a": 1}, {"a": [1, 2]}]');
expect_equal(size(alike), [1 2]);
expect_equal(alike(2).a, [1 2]);
unlike = touchtrain.internal.python.fromJson('[{"a": 1}, {"b": "x"}, {}]');
expect_equal(size(unlike), [1 3]);
expect_equal(unlike(2).b, 'x');
expect_equal(isempty(unlike(1).b), true);
nested = touchtrain.internal.python.fromJson('{"x": {"y": [5, 6]}, "none": null}');
expect_equal(nested.x.y, [5 6]);
expect_equal(isempty(nested.none), true);
matrix = touchtrain.internal.python.fromJson('[[1, 2], [3, 4]]');
expect_equal(matrix, [1 2; 3 4]);

history = touchtrain.internal.python.fromJson('{"loss": [1, 0.5], "val_loss": [null, null], "one": [2], "none": []}');
expect_equal(history.loss, [1 0.5]);
expect_equal(history.val_loss, [NaN NaN]);
expect_equal(history.one, 2);
expect_equal(isempty(history.none), true);

encode = @(varargin) touchtrain.internal.options.optionsJson(touchtrain.internal.options.nameValues(varargin));
expect_equal(encode('MaxEpochs', 20), '{"MaxEpochs":20}');
expect_equal(encode('MaxEpochs', int32(20), 'Verbose', false), '{"MaxEpochs":20,"Verbose":false}');
expect_equal(encode('ValidationPatience', Inf), '{"ValidationPatience":"Inf"}');
expect_equal(encode('InitialLearnRate', single(0.5)), '{"InitialLearnRate":0.5}');
expect_equal(encode('ConvolutionFilters', [2; 3]), '{"ConvolutionFilters":[2,3]}');
expect_equal(encode('ClassWeight', [1 NaN]), '{"ClassWeight":[1,null]}');
expect_equal(encode('ClassWeight', [-Inf 0.5; NaN 3]), '{"ClassWeight":[["-Inf",0.5],[null,3]]}');
expect_equal(encode('Centers', int16([3 4; 5 6; 7 8])), '{"Centers":[[3,4],[5,6],[7,8]]}');
expect_equal(encode('Centers', [3 5; 4 6]'), '{"Centers":[[3,4],[5,6]]}');
expect_equal(encode('Centers', {[3 4], [5 6; NaN 8]}), '{"Centers":[[3,4],[[5,6],[null,8]]]}');
expect_equal(encode('LabelValues', uint8([1 2])), '{"LabelValues":[1,2]}');
expect_equal(encode('LabelValues', [true; false]), '{"LabelValues":[true,false]}');
expect_equal(encode('PixelRange', []), '{"PixelRange":null}');
expect_equal(encode('ClassNames', {'a'; 'b'}), '{"ClassNames":["a","b"]}');
expect_equal(encode('ClassNames', {'a'}), '{"ClassNames":["a"]}');
expect_equal(encode('LabelValues', {'a', 3}), '{"LabelValues":["a",3]}');
expect_equal(encode('Annotations', struct('Anna', 'a.mat', 'Ben', 'b.csv')), ...
    '{"Annotations":{"Anna":"a.mat","Ben":"b.csv"}}');
expect_equal(encode(struct('Seed', 3, 'Augment', 'none')), '{"Seed":3,"Augment":"none"}');
expect_equal(encode(), '{}');
expect_error('TouchTrain:BadOption', @() encode('MaxEpochs'), 'MaxEpochs');
expect_error('TouchTrain:BadOption', @() encode(3, 4), 'double');
expect_error('TouchTrain:BadOption', @() encode('Seed', @sin), 'Seed');
end
