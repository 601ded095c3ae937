function test_resume_devices()
% A training on two devices that was cancelled goes on on one. XLA counts the CPU as two devices here.
% Trains a network.
python = getenv('TOUCHTRAIN_PYTHON');
[code, ~] = system(['"' python '" -c "import jax"']);
if isempty(python) || code ~= 0
    skip_test('JAX is not installed.');
end
tiny_set('set');
py.operator.setitem(py.os.environ, 'XLA_FLAGS', '--xla_force_host_platform_device_count=2'); % of Python, which runs
restored = onCleanup(@() py.os.environ.pop('XLA_FLAGS'));
options = [tiny_network(), {'Backend', 'jax', 'Devices', 2}];
job = touchtrain.trainInBackground('set', 'model', options{:}, 'JobFolder', 'training');
cancel(job);
expect_error('TouchTrain:BadOption', @() touchtrain.resume(job, 'Devices', 0), 'Devices', '0');
expect_error('TouchTrain:BadOption', @() touchtrain.resume(job, 'Devices', 'both'), 'Devices', '''all''');
expect_equal(job.State, 'cancelled');
[~, modelPath, report] = touchtrain.resume(job, 'Devices', 2, 'Verbose', false);
expect_equal(report.devices, 2);
assert(isfile(modelPath));

job = touchtrain.trainInBackground('set', 'other', options{:}, 'JobFolder', 'second');
cancel(job);
resume(job, 'Devices', 1);
wait(job);
[~, ~, report] = fetchOutputs(job);
expect_equal(report.devices, 1);
expect_error('TouchTrain:BadOption', @() touchtrain.train('set', 'third', 'Devices', 2), 'Devices', ...
    '''tensorflow''', 'Backend', '''jax''');
clear('restored');
end
