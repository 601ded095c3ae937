function test_option_names()
% Names of options: in any case, by a unique beginning, and recognized where a path could be left out.
inFull = @touchtrain.internal.options.inFull;
known = {'Plot', 'Plots', 'Precision', 'MaxEpochs'};
expect_equal(cellfun(@(given) inFull(given, known), {'plot', 'PLOTS', 'Pre', 'maxep', 'Pl', 'x', ''}, ...
    'UniformOutput', false), {'Plot', 'Plots', 'Precision', 'MaxEpochs', '', '', ''});
[~, several] = inFull('p', known);
expect_equal(several, {'Plot', 'Plots', 'Precision'});
[~, several] = inFull('roi', {'Roi', 'roi', 'Ro'});
expect_equal(several, {});
pairs = touchtrain.internal.options.nameValues({'maxep', 3, struct('InitialL', 0.1), string_like('string', ...
    {'Verb'}), false, 'val', 1, 'Qqq', 2}, 'train');
expect_equal(pairs(1:2:end), {'MaxEpochs', 'InitialLearnRate', 'Verbose', 'val', 'Qqq'});
expect_equal(pairs(2:2:end), {3, 0.1, false, 1, 2});

% Options that Python takes, and those that MATLAB looks at: paths and Verbose.
[frames, labels] = tiny_arrays(8, 1);
report = touchtrain.convertArrays(frames, labels, 'set', 'FrameO', 'HWN', 'classn', {'no', 'yes'}, 'verb', false);
expect_equal(report.class_names, {'no', 'yes'});
expect_equal(touchtrain.internal.options.trainingPaths(touchtrain.internal.options.nameValues( ...
    {'InitialMod', 'm.h5'}, 'train')), {'InitialModel', fullfile(pwd(), 'm.h5')});
expect_error('TouchTrain:UnknownOption', @() touchtrain.convertArrays(frames, labels, 'set', 'FrmeOrder', 'HWN', ...
    'Clas', 3, 'Verbos', true), 'FrameOrder', 'ClassNames must');
message = expect_error('TouchTrain:UnknownOption', @() touchtrain.train('set', 'm.h5', 'Val', 3), ...
    'ValidationFraction', 'ValidationPatience');
assert(isempty(strfind(message, 'Did you mean')));
expect_error('TouchTrain:UnknownOption', @() touchtrain.train('set', 'm.h5', 'MaxEpocs', 3), 'Did you mean MaxEpochs');

message = touchtrain.internal.options.unknownName('option', 'Rate', {'RateA', 'RateB', 'LearnRate', 'Seed'});
assert(~isempty(strfind(message, 'RateA, RateB')) && ~isempty(strfind(message, 'mean LearnRate?')));

% Options of functions that do not pass them to Python.
given = touchtrain.internal.options.ownOptions({'fold', 'a'}, struct('Folder', '', 'Bundle', ''));
expect_equal(given, struct('Folder', 'a', 'Bundle', ''));
expect_error('TouchTrain:UnknownOption', @() touchtrain.internal.options.ownOptions({'P', 1}, ...
    struct('Plots', '', 'Python', '')), 'Plots, Python');
expect_error('TouchTrain:BadOption', @() touchtrain.setup('Ins', 3), 'Install');
expect_error('TouchTrain:BadOption', @() touchtrain.plotHistory(struct('loss', 1), 'Fi', 3), 'File');
expect_error('TouchTrain:BadOption', @() touchtrain.inspect('set', 'Al', 3), 'All');
expect_error('TouchTrain:BadOption', @() touchtrain.previewRegion(pwd(), 'Fi', 3), 'File');
expect_error('TouchTrain:UnknownOption', @() touchtrain.previewRegion(pwd(), 'F', 3));

% An optional input, and the names of options in its place.
optional = @touchtrain.internal.options.optionalInput;
known = {'Verbose', 'Plots'};
for given = {{}, {'Verbose', false}, {'verb', false}, {struct('Verbose', false)}, {'Verbose'}}
    [value, rest] = optional(given{1}, known);
    assert(isempty(value) && isequal(rest, given{1}));
end
for given = {{'m.h5'}, {'v'}, {'verb', 'Plots', 'none'}, {'m.h5', 'Verbose', false}, {'', 'Verbose', false}, {[]}}
    [value, rest] = optional(given{1}, known);
    expect_equal([{value}, rest], given{1});
end
expect_error('TouchTrain:BadOption', @() touchtrain.fetchModel(pwd(), 'Verb', 3), 'Verbose');
expect_error('TouchTrain:BadOption', @() touchtrain.fetchModel(pwd(), struct('Verbose', 3)), 'Verbose');
expect_error('TouchTrain:BadOption', @() touchtrain.fetchModel(pwd(), 'Verbose'), 'Verbose');
end
