function test_any_names()
% Classes, recordings and label values whose names become one struct field are all printed and returned.
text = evalc('twoClasses({''A-B'', ''A+B''}, ''signs'')');
expect_has(text, {'A-B 8', 'A+B 8'});
others = cellfun(@textOf, {[40736 26631], [40736 40736]}, 'UniformOutput', false);
text = evalc('twoClasses(others, ''other'')');
expect_has(text, {[others{1} ' 8'], [others{2} ' 8']});

report = twoClasses({'A-B', 'A+B'}, 'again');
expect_equal({report.counts_list.name}, {'A-B', 'A+B'});
expect_equal([report.counts_list.value], [8 8]);
expect_equal({report.recordings(1).counts_list.name}, {'A-B', 'A+B'});
expect_has(evalc('touchtrain.inspect(''again'')'), {'A-B 8, A+B 8', '16 frames: A-B 8, A+B 8'});

% Label files: values that are no field names, or become the same one.
file = fopen('labels.csv', 'w');
fprintf(file, 'video,frame,label\n');
values = {'a b', 'a_b', '-1.5', '1_5'};
for k = 1:numel(values)
    fprintf(file, 'v.avi,%d,%s\n', k, values{k});
end
fclose(file);
expect_has(evalc('touchtrain.inspect(''labels.csv'')'), {'a b 1 time', 'a_b 1 time', '-1.5 1 time', '1_5 1 time'});
record = touchtrain.inspect('labels.csv');
expect_equal(sort({record.counts_list.name}), sort(values));
end

function report = twoClasses(names, dataset)
[frames, labels] = tiny_arrays(16, 1);
named = names(labels + 1);
report = touchtrain.convertArrays(frames, named, dataset, 'FrameOrder', 'HWN', 'ClassNames', names);
touchtrain.inspect(dataset);
end

function text = textOf(codes)
% Text of these code points, which have three bytes each in UTF-8.
if touchtrain.internal.values.isOctave()
    text = char(reshape([224 + floor(codes / 4096); 128 + mod(floor(codes / 64), 64); 128 + mod(codes, 64)], 1, []));
else
    text = char(codes);
end
end
