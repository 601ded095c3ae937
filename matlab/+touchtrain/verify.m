function report = verify(path, varargin)
% VERIFY  Check that a dataset is unchanged on disk, or that a model computes as trained.
%
%   touchtrain.verify(PATH), PATH (char or string) being the folder of a dataset, reads all of it. It compares the
%   frames of each recording with the hash stored when they were converted, and the labels with the stored number of
%   frames of each class, and shows progress. If anything is damaged it raises TouchTrain:BadDataset and names all
%   damaged recordings; repeat the conversion to the same folder to convert only these again.
%   REPORT = touchtrain.verify(PATH) then returns a struct: path; recordings, frames and bytes that were checked; and
%   without_hash, the recordings whose frames have no stored hash.
%
%   touchtrain.verify(PATH, 'Name', value, ...), PATH being a model file, loads the model, lets it answer the probe
%   frames that it carries, and prints how its answers differ from those of the training. If they differ too much, or
%   its weights are not those that were saved, it raises TouchTrain:ModelNotProven. A model without probe frames is no
%   error; the text says what that means.
%     'Runtime'               'keras' (default), 'openvino', 'onnxruntime' or 'auto', as in touchtrain.curate.
%     'Backend'               'tensorflow' (default), 'jax' or 'torch', with the runtime 'keras'.
%     'ExecutionEnvironment'  'auto' (default), 'cpu' or 'gpu'.
%     'Precision'             'auto' (default), 'float32', 'mixed_bfloat16', 'mixed_float16' or 'int8'. 'float32'
%                             notices the smallest differences.
%   REPORT = touchtrain.verify(PATH, ...) then returns a struct: path; proven, true, or [] without probe frames; probes
%   and doubtful, the number of probe frames and of those nearest the threshold; runtime, backend, device and precision;
%   bound and difference, the largest difference of a probability that is allowed and that was found; beyond, the number
%   of frames beyond the bound; compared and differing, the number of labels beyond doubt and of those that differ;
%   weights_kept; verdict, a sentence; summary, what is printed; and about_runtime.
%
%   ... = touchtrain.verify(..., 'Verbose', false) prints nothing.
%
%   touchtrain.train also verifies its dataset during training, and each load of a model checks its answers.
%
%   Example
%     touchtrain.verify('set');
%     touchtrain.verify('model.h5', 'Precision', 'float32');
%
%   See also touchtrain.inspect, touchtrain.convertVideos, touchtrain.train, touchtrain.curate
touchtrain.internal.options.requireInputs(nargin, 1, 'touchtrain.verify(path, ''Name'', value, ...)');
pairs = touchtrain.internal.options.nameValues(varargin, 'verify');
path = touchtrain.internal.values.absolutePath(path, 'path');
[report, isVerbose] = touchtrain.internal.jobs.runPassing(pairs, 'verify', path);
isProven = report.well;
if isVerbose && isProven
    touchtrain.internal.jobs.printReport(report, path);
elseif isVerbose
    touchtrain.internal.values.show('%s\n', report.summary{1:end - 1});
end
if ~isProven
    touchtrain.internal.values.fail('TouchTrain:ModelNotProven', '%s', report.verdict);
end
if nargout == 0
    clear('report');
end
end
