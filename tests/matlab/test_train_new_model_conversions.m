function test_train_new_model_conversions()
% The control script converts videos, class folders and NumPy files, and leaves nothing of a conversion that fails.
tiny_videos('videos');
% What fails in the job leaves its job, and nothing else.
trainingParameters = struct('processDirectory', 'other', 'dataPath', 'videos', 'labelPath', 'videos-labels.mat');
expect_error('TouchTrain:OutOfFrame', @() run_script(trainingParameters), '61 x 61', 'second');
found = dir('other');
expect_equal(sort({found.name}), {'.', '..', 'jobs', 'train_new_model.json'});

% Class folders by the names of the folders, and NumPy files.
tiny_files('images', 'classes');
mkdir(fullfile('classes', '@eaDir')); % a network drive made it
tiny_files('numpy', 'arrays');
trainingParameters = struct('processDirectory', 'work', 'TRAIN', 0, 'labelOptionSelect', 'directoryClasses', ...
    'dataPath', 'classes', 'classNames', {{}});
text = evalc('train_new_model');
assert(~isempty(strfind(text, 'Free 40, Held 40')), 'TouchTrain:Test', '%s', text);
trainingParameters.classNames = {'Held', 'Free'};
text = evalc('train_new_model');
assert(~isempty(strfind(text, 'Held 40, Free 40')), 'TouchTrain:Test', '%s', text);
trainingParameters = struct('processDirectory', 'work', 'TRAIN', 0, 'labelOptionSelect', 'numpy', 'dataPath', 'arrays');
text = evalc('train_new_model');
assert(~isempty(strfind(text, 'NonTouch 40, Touch 40')), 'TouchTrain:Test', '%s', text);
end

function run_script(trainingParameters) %#ok<INUSD>
evalc('train_new_model');
end
