function report = verify(dataset, varargin)
% VERIFY  Tell whether a dataset has changed on the disk since it was written.
%
%   touchtrain.verify(DATASET) reads all of the folder DATASET (char or string) and compares the frames of each
%   recording with the hash that was noted when they were converted, and the labels with the frames of each class. It
%   shows how far it is. Damage is the error TouchTrain:BadDataset, which names all recordings that have any; convert
%   again into the same folder, and those are converted anew.
%   REPORT = touchtrain.verify(...) returns a struct: path, recordings, frames and bytes that were looked at, and
%   without_hash, the recordings whose frames have no hash to compare them with.
%
%   ... = touchtrain.verify(..., 'Verbose', false) prints nothing.
%
%   A training verifies its dataset too, while it learns.
%
%   Example
%     touchtrain.verify('set');
%
%   See also touchtrain.inspect, touchtrain.convertVideos, touchtrain.train
touchtrain.internal.options.needInputs(nargin, 1, 'touchtrain.verify(dataset, ''Name'', value, ...)');
pairs = touchtrain.internal.options.nameValues(varargin);
dataset = touchtrain.internal.values.absolutePath(dataset, 'dataset');
isVerbose = double(touchtrain.internal.options.optionValue(pairs, 'Verbose', true)) == 1;
job = touchtrain.internal.jobs.startJob(pairs, 'verify', dataset);
guard = onCleanup(@() removeEnded(job.folder)); %#ok<NASGU>
touchtrain.internal.jobs.watchJob(job, touchtrain.internal.jobs.watchOptions({'Verbose', isVerbose, 'Plots', 'none'}));
result = touchtrain.internal.jobs.jobResult(job.folder);
report = result.report;
if isVerbose
    touchtrain.internal.jobs.printReport(report, dataset);
end
if nargout == 0
    clear('report');
end
end

function removeEnded(folder)
% Remove what is left of the job, unless it goes on after Ctrl-C.
try
    touchtrain.internal.python.askPython('remove_job', folder);
catch
end
end
