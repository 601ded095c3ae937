function test_example_curation()
% The example of the curation of a session runs, up to the page of the comparison.
% Trains a network.
% Takes long.
folder = fullfile(fileparts(fileparts(which('train_new_model'))), 'examples');
changes = {'''12'', ''--frames'', ''300''', '''4'', ''--frames'', ''200'''; ...
    '''3'', ''--frames'', ''300''', '''2'', ''--frames'', ''200'''; '''MaxEpochs'', 6', '''MaxEpochs'', 1'};
found = run_smaller(fullfile(folder, 'curation_of_a_session.m'), changes, {'marks', 'counts', 'agreement', 'session'});
expect_equal([numel(found.marks) numel(found.marks(1).labels)], [2 200]);
expect_equal(size(found.counts), [2 2]);
assert(isfile(found.agreement.page) && isfile([found.session '_check.png']));
end
