function test_getting_started()
% The live script runs from rendered videos to curves, marks and a comparison.
% Trains a network.
file = fullfile(fileparts(which('train_new_model')), 'doc', 'GettingStarted.m');
found = run_smaller(file, {'''32'', ''--frames'', ''300''', '''4'', ''--frames'', ''200'''; ...
    '''4'', ''--frames'', ''300''', '''2'', ''--frames'', ''200'''; '''MaxEpochs'', 12', '''MaxEpochs'', 1'}, ...
    {'history', 'marks', 'folder', 'report'});
expect_equal(numel(found.history.loss), 1);
expect_equal([numel(found.marks) numel(found.marks(1).labels)], [2 200]);
assert(found.report.metrics.validation.frames > 50);
assert(isfile(fullfile(found.folder, 'whisker.h5')) && isfile(fullfile(found.folder, 'region.png')));
end
