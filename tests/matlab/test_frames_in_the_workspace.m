function test_frames_in_the_workspace()
% The example of frames in the workspace runs.
% Trains a network.
folder = fullfile(fileparts(fileparts(which('train_new_model'))), 'examples');
found = run_smaller(fullfile(folder, 'frames_in_the_workspace.m'), {'''MaxEpochs'', 10', '''MaxEpochs'', 1'}, ...
    {'history', 'modelPath', 'isEqual', 'prediction'});
expect_equal(numel(found.history.loss), 1);
assert(isfile(found.modelPath));
expect_equal(size(found.isEqual), [1 170]);
expect_equal(size(found.prediction.probabilities), [170 2]);
end
