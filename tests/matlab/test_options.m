function test_options()
% All options are listed, with defaults, and returned.
list = touchtrain.options();
assert(all(ismember({'ClassNames', 'FrameOrder', 'MaxEpochs', 'ValidationPatience', 'Verbose', 'Plots'}, {list.name})));
ofTraining = list(strcmp({list.command}, 'train'));
expect_equal(ofTraining(strcmp({ofTraining.name}, 'MaxEpochs')).default, 100);
expect_equal(unique({list.command}), {'compare', 'convertArrays', 'convertFolders', 'convertNumpy', ...
    'convertTfrecords', 'convertVideos', 'curate', 'previewAugmentation', 'redecide', 'train', 'tune'});
expect_equal(ofTraining(strcmp({ofTraining.name}, 'OutputNetwork')).choices, {'best-validation', 'last-iteration'});
expect_equal(ofTraining(strcmp({ofTraining.name}, 'MaxEpochs')).choices, {});
expect_equal(unique({list(strcmp({list.name}, 'Verbose')).command}), unique({list.command})); % all take it
ofArrays = list(strcmp({list.command}, 'convertArrays'));
expect_equal(ofArrays(strcmp({ofArrays.name}, 'ClassNames')).default, {'NonTouch', 'Touch'});
only = touchtrain.options('train');
expect_equal(unique({only.command}), {'train'});
further = touchtrain.options('tune');
expect_equal(setxor({only.name}, {further.name}), {'ParallelTrials', 'Plots', 'Trials'});
inBackground = touchtrain.options('trainInBackground');
expect_equal(unique({inBackground.command}), {'trainInBackground'});
expect_equal(setdiff({only.name}, {inBackground.name}), {'Plots', 'Verbose'});
inBackground = touchtrain.options('curateInBackground');
expect_equal(setdiff({list(strcmp({list.command}, 'curate')).name}, {inBackground.name}), {'Verbose'});
assert(ismember('Output', {inBackground.name}));
text = evalc('touchtrain.options(''TRAIN'')');
assert(~isempty(strfind(text, 'MiniBatchSize')) && ~isempty(strfind(text, '''legacy''')) && ...
    isempty(strfind(text, 'FrameOrder')));
assert(~isempty(strfind(text, '''average-precision''')), 'TouchTrain:Test', '%s', text);
text = evalc('touchtrain.options(''convertVideos'')');
assert(~isempty(strfind(text, 'Centers')) && ~isempty(strfind(text, 'JobFolder')) && ...
    isempty(strfind(text, 'MaxEpochs')));
text = evalc('touchtrain.options');
assert(~isempty(strfind(text, 'unique beginning')));
assert(~isempty(strfind(text, 'MaxEpochs')) && ~isempty(strfind(text, 'FrameOrder')));
expect_error('TouchTrain:BadOption', @() touchtrain.options('cook'), 'convertNumpy');
end
