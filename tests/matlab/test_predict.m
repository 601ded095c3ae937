function test_predict()
% Frames in the workspace are classified, in every form that they can have, by a process that stays alive.
tiny_files('model', 'models');
model = fullfile('models', 'known.h5');
touching = logical([0 1 1 0 0 1 1 1]);
frames = repmat(reshape(uint8([30 210]), 1, 1, 2), 20, 20);
frames = frames(:, :, touching + 1);
made = touchtrain.predict(model, frames);
expect_equal(size(made.probabilities), [8 2]);
expect_equal(class(made.probabilities), 'single');
expect_equal(made.labels, double(touching'));
expect_equal(made.label_names(1:2), {'NonTouch'; 'Touch'});
expect_equal(made.class_names, {'NonTouch', 'Touch'});
expect_equal({made.event_class, made.threshold, made.min_duration}, {'Touch', 0.5, 1});
expect_equal(made.warnings, {});
expect_equal({made.runtime, made.device, made.said}, {'keras', 'cpu', ''});
worker = workerOf();

forms = {permute(frames, [3 1 2]), reshape(frames, 20, 20, 1, 8), num2cell(frames, [1 2]), double(frames)};
for k = 1:numel(forms)
    again = touchtrain.predict(model, forms{k}, 'PixelRange', [0 255]);
    expect_equal(again.probabilities, made.probabilities);
end
one = touchtrain.predict(model, frames(:, :, 2));
expect_equal(one.labels, made.labels(2));
assert(max(abs(one.probabilities - made.probabilities(2, :))) < 1e-6); % rounded as its place in memory lets it
again = touchtrain.predict(model, frames > 99);
expect_equal(again.labels, made.labels);

other = touchtrain.predict(model, frames, 'Runtime', 'onnxruntime');
expect_equal({other.runtime, other.precision}, {'onnxruntime', 'float32'});
expect_equal(other.labels, made.labels);
expect_error('TouchTrain:BadOption', ...
    @() touchtrain.predict(model, frames, 'Runtime', 'onnxruntime', 'Precision', 'mixed_float16'), ...
    'Precision', 'float32');

direct = py.pyside.predict(fullfile(pwd(), model), frames);
expect_equal(double(py.int(direct.labels.sum())), sum(made.labels));

two = touchtrain.predict(model, {frames(:, :, 1:3), frames(:, :, 4:8)}, 'MinDuration', 3);
expect_equal(two.labels', [0 0 0 0 0 1 1 1]);
expect_equal(two.sources', [1 1 1 2 2 2 2 2]);
all = touchtrain.predict(model, frames, 'Threshold', 0);
expect_equal(all.labels', ones(1, 8));
loose = touchtrain.predict(model, frames, 'minduration', 3, 'Sequence', false);
expect_equal(loose.labels, made.labels);

save('fr ames.mat', 'frames', '-v7');
again = touchtrain.predict(model, {'fr ames.mat', 'fr ames.mat'});
expect_equal(again.labels, [made.labels; made.labels]);
expect_equal(again.sources', repelem([1 2], 8));
said = evalc('touchtrain.predict(model, frames)');
expect_has(said, {'8 frames', 'Touch 5', '2 to 3, 6 to 8 (counted from 1)'});

expect_error('TouchTrain:BadFrames', @() touchtrain.predict(model, frames(1:19, :, :)), '19 x 20', '20 x 20', ...
    'Roi', 'Centers');
expect_error('TouchTrain:PixelRange', @() touchtrain.predict(model, single(frames)), 'PixelRange');
expect_error('TouchTrain:BadFrames', @() touchtrain.predict(model, 1i * double(frames)), 'complex');
expect_error('TouchTrain:BadFrames', @() touchtrain.predict(model, {}));
expect_error('TouchTrain:BadFrames', @() touchtrain.predict(model, zeros(20, 20, 0, 'uint8')));
expect_error('TouchTrain:UnknownOption', @() touchtrain.predict(model, frames, 'Treshold', 0.5), 'Threshold');
expect_error('TouchTrain:BadOption', @() touchtrain.predict(model, frames, 'Threshold', 2), 'Threshold');
expect_error('TouchTrain:PathMissing', @() touchtrain.predict('other.h5', 'frames.npy'), 'other.h5', 'frames.npy');
expect_error('TouchTrain:ModelNotDescribed', @() touchtrain.predict(fullfile('models', 'bare.h5'), frames), 'bare.h5');
expect_error('TouchTrain:BadOption', @() touchtrain.predict(model));
expect_equal(workerOf(), worker);
touchtrain.internal.python.endWarmProcess();
expect_equal(double(py.len(py.getattr(py.importlib.import_module('pyside.bridge.warm.asking'), '_children'))), 0);
end

function number = workerOf()
% The number of the process that predicts.
asking = py.importlib.import_module('pyside.bridge.warm.asking');
children = py.getattr(asking, '_children');
child = children.get('tensorflow');
number = double(child.pid);
end
