function test_direct_calls()
% Python's own functions, called at the prompt by py.: a training runs as a job, and errors say what to do.
% Trains a network.
tiny_set('set');
touchtrain.internal.python.pysideModule(); % puts the package on Python's path
four = py.list({4, 4, 4, 4, 4, 4});
result = py.pyside.train('set', 'model.h5', pyargs('epochs', 1, 'convolution_filters', four, 'dense_units', 8, ...
    'precision', 'float32', 'job_folder', 'job'));
assert(isfile('model.h5') && isfile(fullfile('job', 'result.json')));
expect_equal(char(result.model_path), fullfile(pwd(), 'model.h5'));
expect_equal(double(py.len(result.history{'loss'})), 1);
expect_equal(char(py.sys.modules.get('tensorflow', 'not loaded')), 'not loaded');
assert(~isempty(strfind(char(py.str(result)), 'best epoch')));

found = py.pyside.inspect('model.h5');
expect_equal(char(found{'kind'}), 'model');
bad = @(identifier, fact, varargin) assert(~isempty(regexp(message_of(varargin{:}), ...
    [identifier ': .*\<' fact '\>'], 'once')), 'TouchTrain:Test', '%s', fact);
bad('TouchTrain:UnknownOption', 'epoch', 'set', 'model.h5', pyargs('epoch', 1));
bad('TouchTrain:PathMissing', 'sett', 'sett', 'model.h5');
end

function text = message_of(varargin)
text = '';
try
    py.pyside.train(varargin{:});
catch err
    text = err.message;
end
end
