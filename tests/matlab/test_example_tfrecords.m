function test_example_tfrecords()
% The example of TFRecords runs.
% Trains a network.
% Takes long.
folder = fullfile(fileparts(fileparts(which('train_new_model'))), 'examples');
found = run_smaller(fullfile(folder, 'tfrecords.m'), cell(0, 2), {'dataset', 'sheet', 'files'});
assert(isfile(fullfile(found.dataset, 'dataset.json')) && isfile(found.sheet) && ~isempty(found.files));
end
