function report = verify(dataset, varargin)
% VERIFY  Check that a dataset has not changed on disk since it was written.
%
%   touchtrain.verify(DATASET) reads the whole folder DATASET (char or string). It compares the frames of each recording
%   with the hash stored when they were converted, and the labels with the stored number of frames of each class, and
%   shows progress. If anything is damaged it raises TouchTrain:BadDataset and names all damaged recordings; repeat the
%   conversion to the same folder to convert only these again.
%   REPORT = touchtrain.verify(...) returns a struct: path; recordings, frames and bytes that were checked; and
%   without_hash, the recordings whose frames have no stored hash.
%
%   ... = touchtrain.verify(..., 'Verbose', false) prints nothing.
%
%   touchtrain.train also verifies its dataset during training.
%
%   Example
%     touchtrain.verify('set');
%
%   See also touchtrain.inspect, touchtrain.convertVideos, touchtrain.train
touchtrain.internal.options.requireInputs(nargin, 1, 'touchtrain.verify(dataset, ''Name'', value, ...)');
pairs = touchtrain.internal.options.nameValues(varargin, 'verify');
dataset = touchtrain.internal.values.absolutePath(dataset, 'dataset');
[report, isVerbose] = touchtrain.internal.jobs.runPassing(pairs, 'verify', dataset);
if isVerbose
    touchtrain.internal.jobs.printReport(report, dataset);
end
if nargout == 0
    clear('report');
end
end
