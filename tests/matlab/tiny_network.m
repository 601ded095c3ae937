function options = tiny_network()
% TINY_NETWORK  Options of a training that is over in a few seconds.
options = {'ConvolutionFilters', [2 2 2 2 2 2], 'DenseUnits', 4, 'MaxEpochs', 2, 'MiniBatchSize', 16, ...
    'Precision', 'float32', 'ExecutionEnvironment', 'cpu', 'Report', false};
end
