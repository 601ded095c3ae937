function test_blank_options()
% An empty string leaves an option out as '' does, and a path with an apostrophe is code that can be run.
blank = @touchtrain.internal.values.isBlank;
for value = {'', [], {}, ' ', string_like('string', {''})}
    assert(blank(value{1}));
end
for value = {'a', 0, false, {''}, string_like('string', {'a'})}
    assert(~blank(value{1}));
end
empty = string_like('string', {''});
found = touchtrain.setup('Python', empty);
assert(isfile(found.job_python));
for name = {'InitialModel', 'Annotations'}
    expect_equal(touchtrain.internal.options.trainingPaths({name{1}, empty}), {name{1}, []});
end
for name = {'Centers', 'FrameValues', 'Tags', 'Template'}
    expect_equal(touchtrain.internal.options.centersOption({name{1}, empty}), {name{1}, []});
end
expect_equal(touchtrain.internal.options.optionalPath(empty, 'Output'), []);
expect_equal(touchtrain.internal.options.cloudArguments({struct('projectID', {empty}, 'spot', true)}), ...
    {struct('spot', true)});
[file, ~] = touchtrain.internal.figures.pictureFile(empty, true, '');
expect_equal(file, '');

% Where a path is left out, an option is not taken for it.
expect_error('TouchTrain:BadOption', @() touchtrain.fetchModel(pwd(), 'Verbose', 3), 'Verbose');
expect_error('TouchTrain:BadJob', @() touchtrain.fetchModel(pwd(), 'verbose', false), pwd());
expect_error('TouchTrain:BadOption', @() touchtrain.fetchModel(pwd(), empty, 'Verbose', 3), 'Verbose');

% Commands that are printed.
path = '/data/Anna''s ''best'' videos';
expect_equal(eval(touchtrain.internal.values.inQuotes(path)), path);
frames = on_graphics_card(uint8(ones(4, 4, 2)));
arrays = touchtrain.internal.data.frameCell({frames});
expect_equal(class(arrays{1}), 'uint8');
expect_equal(touchtrain.internal.data.labelsForPython(on_graphics_card([0; 1]), 1), [0 1]);
expect_equal(touchtrain.internal.options.optionsJson({'Centers', {on_graphics_card([1 2]), on_graphics_card(3)}}), ...
    '{"Centers":[[1,2],3]}');
records = struct('video', {'a', 'b'}, 'labels', {on_graphics_card([0 1]), {on_graphics_card(1), 'text'}});
expect_equal(touchtrain.internal.values.onHost(records), struct('video', {'a', 'b'}, 'labels', {[0 1], {1, 'text'}}));
end

function value = on_graphics_card(value)
% A gpuArray; where there is none, in Octave, a stand-in, which gather makes an array.
if ~touchtrain.internal.values.isOctave()
    if exist('gpuArray', 'file') && gpuDeviceCount() > 0 % MATLAB only
        value = gpuArray(value); % MATLAB only
    end
    return
end
if exist('gpuArray', 'file') ~= 2
    folder = fullfile(fileparts(pwd()), 'stand_ins');
    if ~isfolder(folder)
        mkdir(folder);
    end
    id = fopen(fullfile(folder, 'gpuArray.m'), 'w');
    fprintf(id, '%s\n', 'classdef gpuArray', 'properties, inside, end', 'methods', ...
        'function o = gpuArray(x), o.inside = x; end', 'function x = gather(o), x = o.inside; end', 'end', 'end');
    fclose(id);
    addpath(folder);
    rehash();
end
value = feval('gpuArray', value);
end
