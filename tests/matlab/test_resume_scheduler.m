function test_resume_scheduler()
% A job whose cluster is not there names it, and goes on without one.
% Trains a network.
tiny_set('set');
away = {'Folds', 2, 'Scheduler', 'tcp://127.0.0.1:1', 'CoresPerTraining', 1};
expect_error('TouchTrain:BadOption', @() touchtrain.train('set', 'model', away{3:4}), 'Scheduler', 'Folds');
expect_error('TouchTrain:BadOption', @() touchtrain.train('set', 'model', away{5:6}), 'CoresPerTraining', 'Scheduler');
options = tiny_network();
expect_error('TouchTrain:NoCluster', @() touchtrain.train('set', 'model', options{:}, away{:}, 'Verbose', false, ...
    'JobFolder', 'training'), 'tcp://127.0.0.1:1');
expect_error('TouchTrain:BadOption', @() touchtrain.resume('training', 'Scheduler', 'lab'), 'Scheduler', '''lab''');
[~, modelPath, report] = touchtrain.resume('training', 'Scheduler', 'none', 'Verbose', false);
assert(isfile(modelPath) && numel(report.cross_validation.folds) == 2);
end
