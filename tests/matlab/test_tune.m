function test_tune()
% A search tells its trials and keeps the best; a broken one goes on where it was.
% Trains a network.
tiny_set('set');
options = tiny_network();
search = struct('InitialLearnRate', [1e-3 1e-1]);
search.Augment = {'none', {'flips', 'noise=0.02'}};
search.Shuffle = {'every-epoch', 'never'};
check_faults(search);
result = [];
text = evalc('result = touchtrain.tune(''set'', ''model'', search, options{:}, ''Trials'', 2);');
expect_equal([result.trials.number], 1:2);
expect_equal(result.figure, min([result.trials.figure]));
expect_equal(sort(fieldnames(result.best_settings))', {'Augment', 'InitialLearnRate', 'Shuffle'});
expect_equal(result.best.values, result.best_settings);
expect_equal(result.history.val_loss(result.report.best_epoch), result.figure);
expect_equal(size(result.history.loss), [1 2]);
expect_equal(result.model_path, fullfile(pwd(), 'model.h5'));
assert(isfile('model.h5') && ~isfile('model.search.json'));
expect_equal(result.importance, []);
told = regexp(text, '^trial (\d) of 2: loss [^\n]*InitialLearnRate', 'tokens', 'lineanchors');
expect_equal(cellfun(@(one) one{1}, told), '12');
assert(~isempty(strfind(text, 'best settings')) && ~isempty(strfind(text, result.model_path)), 'TouchTrain:Test', ...
    '%s', text);

touchtrain.internal.python.askPython('check_options', 'train', ...
    touchtrain.internal.options.optionsJson(touchtrain.internal.options.nameValues({result.best_settings})));
jobs = dir(fullfile('touchtrain-jobs', 'model-*'));
folder = fullfile('touchtrain-jobs', jobs(1).name);
text = evalc('touchtrain.inspect(folder)');
assert(~isempty(strfind(text, 'Search ')) && ~isempty(strfind(text, 'best settings')), 'TouchTrain:Test', '%s', text);
job = touchtrain.TrainingJob(folder);
expect_equal({job.State, job.ModelFile}, {'done', result.model_path});
again = fetchOutputs(job);
expect_equal(again.best_settings, result.best_settings);

pairs = [options, {'Trials', 1, 'JobFolder', 'broken'}];
begun = touchtrain.internal.jobs.startJob(pairs, 'tune', fullfile(pwd(), 'set'), fullfile(pwd(), 'other'), ...
    touchtrain.internal.options.searchJson(search));
touchtrain.internal.python.askPython('cancel_job', begun.folder);
again = [];
text = evalc('again = touchtrain.resume(''broken'');');
expect_equal(fieldnames(again), fieldnames(result));
expect_equal(again.trials.figure, result.trials(1).figure);
assert(~isempty(strfind(text, 'trial 1')), 'TouchTrain:Test', '%s', text);
end

function check_faults(search)
expect_error('TouchTrain:BadOption', @() touchtrain.tune('set', 'model'), 'touchtrain.tune(dataset');
expect_error('TouchTrain:BadOption', @() touchtrain.tune('set', 'model', 3), 'struct');
expect_error('TouchTrain:UnknownOption', @() touchtrain.tune('set', 'model', search, 'Trails', 3), 'Trials');
expect_error('TouchTrain:UnknownOption', @() touchtrain.tune('set', 'model', struct('LearnRate', [1 2])), ...
    'InitialLearnRate');
expect_error('TouchTrain:BadOption', @() touchtrain.tune('set', 'model', struct('MaxEpochs', [1 2 3])), ...
    'search.MaxEpochs');
search.MaxEpochs = [0 5];
search.Seed = [1 2];
expect_error('TouchTrain:BadOption', @() touchtrain.tune('set', 'model', search), 'MaxEpochs', 'Seed');
end
