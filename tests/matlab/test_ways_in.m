function test_ways_in()
% The examples of class folders and of NumPy files run.
% Trains a network.
% Takes long.
folder = fullfile(fileparts(fileparts(which('train_new_model'))), 'examples');
changes = {'''MaxEpochs'', 10', '''MaxEpochs'', 1'; 'n = 1:numel', 'n = 1:9:numel'};
found = run_smaller(fullfile(folder, 'class_folders.m'), changes, {'history', 'modelPath', 'sheet'});
expect_equal(numel(found.history.loss), 1);
assert(isfile(found.modelPath) && isfile(found.sheet));
rmdir('made', 's');
found = run_smaller(fullfile(folder, 'numpy_files.m'), cell(0, 2), {'dataset', 'sheet'});
assert(isfile(fullfile(found.dataset, 'dataset.json')) && isfile(found.sheet));
end
