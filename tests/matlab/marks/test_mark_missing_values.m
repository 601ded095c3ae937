function test_mark_missing_values()
% What MATLAB makes of missing values and of blank strings, and what becomes of them in labels and options. Octave has
% none of these classes; in test_missing_values they have stand-ins.
asked = {'char of a missing string', @() char(of_matlab('string', {[]})); ...
    'cellstr of a string array with a missing element', @() cellstr(of_matlab('string', {'a', []})); ...
    'char of an undefined categorical', @() char(of_matlab('categorical', {[]})); ...
    'double of a missing value', @() double(of_matlab('missing', {[]})); ...
    'jsonencode of a missing string', @() jsonencode(of_matlab('string', {[]})); ...
    'isempty of a blank string', @() isempty(of_matlab('string', {''}))};
for k = 1:size(asked, 1)
    mark(['What comes of ' asked{k, 1}], asked{k, 2});
end
if touchtrain.internal.values.isOctave()
    return
end
absent = string_like('string', {[]});
strings = string_like('string', {'Touch', [], 'NonTouch'});
categories = string_like('categorical', {'Touch', [], 'NonTouch'});
mark('What is missing in string({''a'', missing})', @() mat2str(ismissing(string({'a', missing})))); % MATLAB only

% Times are missing, too, and no labels.
isMissing = @touchtrain.internal.values.isMissing;
assert(isequal(isMissing([NaT, datetime(2026, 1, 1)]), logical([1 0]))); % MATLAB only
assert(isequal(isMissing(seconds([1 NaN])), logical([0 1]))); % MATLAB only
times = [NaT NaT]; % MATLAB only
expect_error('TouchTrain:BadLabels', @() touchtrain.internal.data.labelsForPython(times, 1), 'datetime');
for value = {times(1), seconds(NaN), missing} % MATLAB only
    expect_error('TouchTrain:BadOption', @() touchtrain.train('set', 'm.h5', 'MaxEpochs', value{1}), 'MaxEpochs');
end

% Tables and timetables as labels, read from the file that carries them to Python.
files = {'a.avi'; 'a.avi'; 'a.avi'};
shown = read_back(table(files, [1; 2; 3], strings', 'VariableNames', {'video', 'frame', 'label'})); % MATLAB only
expect_equal([shown.recordings.frames, shown.recordings.counts.NaN], [3 1]);
shown = read_back(table(files, [1; 2; 3], categories', [NaT; NaT; NaT], 'VariableNames', ... % MATLAB only
    {'video', 'frame', 'label', 'day'})); % MATLAB only
expect_equal([shown.recordings.frames, shown.recordings.counts.NaN], [3 1]);
expect_equal(isempty(shown.recordings.tags) || isempty(fieldnames(shown.recordings.tags)), true);
shown = read_back(timetable(seconds([0; 0.002; 0.004]), categories', 'VariableNames', {'label'})); % MATLAB only
expect_equal([shown.recordings.frames, shown.recordings.counts.NaN], [3 1]);
rows = timetable(seconds([0; 1]), [0; 1], 'VariableNames', {'touch'}); % MATLAB only
expect_error('TouchTrain:BadLabels', @() touchtrain.internal.data.labelsForPython(rows, 1), 'labels.touch');
record = struct('video', 'a.avi', 'labels', strings, 'camera', absent);
shown = read_back(record);
expect_equal([shown.recordings.frames, shown.recordings.counts.NaN], [3 1]);
expect_equal(isempty(shown.recordings.tags) || isempty(fieldnames(shown.recordings.tags)), true);
mark('As what missing values in a cell array are saved', @() what_is_saved({missing})); % MATLAB only

% Names and values with an equals sign; Octave 7 would take them for assignments.
expect_error('TouchTrain:BadOption', @() evalin('caller', 'touchtrain.fetchModel(pwd(), Verb=3)'), 'Verbose');
expect_error('TouchTrain:BadOption', @() evalin('caller', 'touchtrain.train("set", "m.h5", MaxEp="")'), 'MaxEpochs');

% Arrays on a graphics card, in a table, too.
if exist('gpuArray', 'file') && gpuDeviceCount() > 0 % MATLAB only
    value = touchtrain.internal.values.onHost({struct('a', gpuArray(1)), table(gpuArray([0; 1]))}); % MATLAB only
    assert(~isa(value{1}.a, 'gpuArray') && ~isa(value{2}.Var1, 'gpuArray'));
    pairs = {'Centers', gpuArray([1 2])}; % MATLAB only
    expect_equal(touchtrain.internal.options.optionsJson(pairs), '{"Centers":[1,2]}');
else
    mark('Is there a graphics card', 'not asked: none');
end
end

function shown = read_back(labels)
[file, remover] = touchtrain.internal.data.savedLabels(labels); %#ok<ASGLU>
shown = touchtrain.inspect(file);
end

function text = what_is_saved(labels)
[file, remover] = touchtrain.internal.data.savedLabels(labels); %#ok<ASGLU>
text = evalc('touchtrain.inspect(file)');
end

function value = of_matlab(kind, texts)
if touchtrain.internal.values.isOctave()
    skip_test(['Octave has no ' kind]);
end
value = string_like(kind, texts);
end
