function test_curate_faults()
% What is wrong with the inputs of a curation is told before it starts, and nothing is written.
tiny_files('videos', 'videos');
tiny_files('model', 'model');
model = fullfile('model', 'known.h5');
bad = @(identifier, given, varargin) expect_error(identifier, @() touchtrain.curate(given{:}), varargin{:});
bad('TouchTrain:BadOption', {model}, 'touchtrain.curate(model, videos');
bad('TouchTrain:BadOption', {3, 'videos'}, 'model');
bad('TouchTrain:BadOption', {model, 3}, 'videos', 'double');
bad('TouchTrain:UnknownOption', {model, 'videos', 'Treshold', 0.5}, 'Threshold');
bad('TouchTrain:BadOption', {model, 'videos', 'Threshold', 2, 'MinDuration', 0}, 'Threshold', 'MinDuration', '2');
bad('TouchTrain:BadOption', {model, 'videos', 'Output', 3}, 'Output');
bad('TouchTrain:PathMissing', {'nothing.h5', 'videos'}, fullfile(pwd(), 'nothing.h5'));
bad('TouchTrain:BadModel', {fullfile('videos', 'first.avi'), 'videos'}, 'first.avi');
bad('TouchTrain:PathMissing', {model, 'nothing'}, fullfile(pwd(), 'nothing'));
mkdir('others');
copyfile(fullfile('model', 'known.h5'), 'others');
bad('TouchTrain:NotWritable', {model, 'videos', 'Output', 'others'}, fullfile(pwd(), 'others'), 'known.h5', ...
    'as Output');
bad('TouchTrain:ModelNotDescribed', {fullfile('model', 'bare.h5'), 'videos'}, 'touchtrain.describe(', 'Roi');
bad('TouchTrain:BadOption', {model, 'videos', 'FrameSpan', [0 4], 'Labels', ''}, 'FrameSpan', '1', '0');
bad('TouchTrain:BadOption', {model, 'videos', 'Formats', {}}, 'Formats', 'one or more');
expect_error('TouchTrain:BadOption', @() touchtrain.curateInBackground(model), 'curateInBackground(model, videos');
expect_error('TouchTrain:UnknownOption', @() touchtrain.curateInBackground(model, 'videos', 'Ouput', 'a'), 'Output');
contacts = {struct('contactInds', {{1i}})};
bad('TouchTrain:BadLabels', {model, 'videos', 'ContactArray', contacts}, 'contacts{1}.contactInds{1}', 'complex');
bad('TouchTrain:BadLabels', {model, 'videos', 'ContactArray', 3}, 'contactInds');
bad('TouchTrain:PathMissing', {model, 'videos', 'ContactArray', 'none.mat'}, fullfile(pwd(), 'none.mat'));
expect_error('TouchTrain:BadOption', @() touchtrain.curateInBackground(model, 'videos', 'ContactArray', contacts), ...
    'ContactArray', 'touchtrain.writeContacts');
given = {'.', '..', 'videos', 'model', 'others', 'touchtrain-jobs'}; % the last one of jobs that failed
found = dir();
found = setdiff({found.name}, given);
assert(isempty(found), 'TouchTrain:Test', 'Left over: %s', strjoin(found, ' '));
end
