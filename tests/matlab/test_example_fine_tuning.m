function test_example_fine_tuning()
% The example of fine-tuning runs: the report compares the new model with the old one.
% Trains a network.
% Takes long.
folder = fullfile(fileparts(fileparts(which('train_new_model'))), 'examples');
found = run_smaller(fullfile(folder, 'fine_tuning.m'), {'''MaxEpochs'', 6', '''MaxEpochs'', 1'}, ...
    {'history', 'newModel', 'report'});
expect_equal(numel(found.history.loss), 1);
assert(isfile(found.newModel) && any(strfind(strjoin({found.report.verdict.kind}, ';'), 'initial model')));
end
