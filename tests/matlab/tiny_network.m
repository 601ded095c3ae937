function options = tiny_network()
% TINY_NETWORK  Options of a training that is over in a few seconds.
network = fullfile(fileparts(fileparts(mfilename('fullpath'))), 'quick_network.py');
options = {'Network', [network ':build'], 'MaxEpochs', 2, 'MiniBatchSize', 16, 'Precision', 'float32', ...
    'ExecutionEnvironment', 'cpu', 'Report', false};
end
