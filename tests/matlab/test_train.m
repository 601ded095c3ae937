function test_train()
% From arrays to model and back, with relative paths; then what inspect and plotHistory make of it.
% Trains a network.
tiny_set('set');
options = [tiny_network(), {'Report', true}];
history = [];
modelPath = '';
report = [];
text = evalc('[history, modelPath, report] = touchtrain.train(''set'', ''model'', options{:});');
names = {'loss', 'accuracy', 'val_loss', 'val_accuracy', 'learning_rate'};
for k = 1:numel(names)
    expect_equal(size(history.(names{k})), [1 2]);
    expect_equal(class(history.(names{k})), 'double');
end
expect_equal(modelPath, fullfile(pwd(), 'model.h5'));
assert(isfile(modelPath));
assert(isfile(fullfile(report.report_folder, 'report.html')));
assert(isstruct(report) && any(report.best_epoch == [1 2]));
expect_equal(report.split.training.frames + report.split.validation.frames, 136);
expect_equal({report.split.training.counts_list.name}, {'NonTouch', 'Touch'});
expect_equal([report.metrics.validation.classes_list.f1], ...
    [report.metrics.validation.classes.NonTouch.f1 report.metrics.validation.classes.Touch.f1]);
assert(~isempty(strfind(text, modelPath)) && isempty(strfind(text, char(8))));
told = regexp(text, '^epoch (\d)/2 [^\n]*\(val [^\n]*$', 'tokens', 'lineanchors');
expect_equal(cellfun(@(one) one{1}, told), '12');
table = {'side +recordings +frames +NonTouch +Touch', 'training +2 +\d+', 'validation +1 +\d+', ...
    'best epoch +\d\D+2', 'validation +[\d.]+ %', 'Touch +precision', 'seconds +\d', ...
    'frames/s +\d', ['model +' regexptranslate('escape', modelPath)]};
expect_equal(cellfun(@(row) numel(regexp(text, ['^ *' row], 'lineanchors')), table), [1 1 1 1 1 2 1 1 1]);

model = touchtrain.inspect('model.h5');
expect_equal(model.kind, 'model');
expect_equal(model.class_names, {'NonTouch', 'Touch'});
expect_equal(model.image_shape, [20 20 1]);
text = evalc('touchtrain.inspect(''model.h5'')');
assert(~isempty(strfind(text, 'NonTouch, Touch')));
jobs = dir(fullfile('touchtrain-jobs', 'model-*'));
job = touchtrain.inspect(fullfile('touchtrain-jobs', jobs(1).name));
expect_equal(job.state, 'done');
expect_equal(job.history, history);
text = evalc('touchtrain.inspect(fullfile(''touchtrain-jobs'', jobs(1).name))');
assert(~isempty(strfind(text, 'Training')) && ~isempty(strfind(text, 'best epoch')), 'TouchTrain:Test', '%s', text);
text = evalc('touchtrain.inspect(''set'')');
assert(~isempty(strfind(text, '136 frames')), 'TouchTrain:Test', '%s', text);

% Nothing that collides with MATLAB's own libraries was loaded beside them.
loaded = jsondecode(char(py.json.dumps(py.list(py.sys.modules))));
heavy = intersect(loaded, {'tensorflow', 'keras', 'h5py', 'sklearn', 'scipy', 'matplotlib', 'torch', 'jax'});
assert(isempty(heavy), 'TouchTrain:Test', 'Loaded beside MATLAB: %s', strjoin(heavy', ', '));

touchtrain.plotHistory(history, 'File', 'curves');
check_picture('curves.png');
end

function check_picture(file)
info = imfinfo(file);
assert(info.Width > 600 && info.Height > 250);
pixels = imread(file);
assert(numel(unique(pixels(:))) > 10, 'TouchTrain:Test', 'The picture is empty.');
end
