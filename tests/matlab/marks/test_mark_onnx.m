function test_mark_onnx()
% What importNetworkFromONNX makes of the .onnx file of a training, and how far its answers are from those of predict.
% Trains a network.
mark('What does importNetworkFromONNX make of model.onnx', @() imported());
end

function text = imported()
if exist('importNetworkFromONNX') == 0 %#ok<EXIST> anything of that name
    skip_test('there is no importNetworkFromONNX');
end
tiny_set('set');
frames = tiny_arrays(48, 1);
options = [tiny_network(), {'AlsoSave', 'onnx'}];
evalc('touchtrain.train(''set'', ''model'', options{:});');
net = feval('importNetworkFromONNX', 'model.onnx', 'InputDataFormats', 'BCSS'); % MATLAB only
given = feval('dlarray', reshape(single(frames), [20 20 1 size(frames, 3)]) / 255, 'SSCB'); % MATLAB only
found = feval('extractdata', feval('predict', net, given)); % MATLAB only
expected = touchtrain.predict('model.h5', frames, 'Precision', 'float32', 'FrameOrder', 'HWN');
apart = max(max(abs(double(found)' - double(expected.probabilities))));
kinds = arrayfun(@(layer) class(layer), net.Layers, 'UniformOutput', false);
text = sprintf('%d layers, initialized %d, probabilities differ by %.2g: %s', ...
    numel(kinds), net.Initialized, apart, strjoin(kinds(:)', ', '));
end
