function test_example_background()
% The example of a job in the background runs: the training is stopped gently, and its model is there.
% Trains a network.
% Takes long.
folder = fullfile(fileparts(fileparts(which('train_new_model'))), 'examples');
found = run_smaller(fullfile(folder, 'background_job.m'), cell(0, 2), {'history', 'modelPath', 'folder'});
assert(numel(found.history.loss) >= 3 && numel(found.history.loss) < 200);
assert(isfile(found.modelPath) && isfile(fullfile(found.folder, 'so_far.png')));
end
