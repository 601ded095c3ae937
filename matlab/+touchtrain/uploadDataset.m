function report = uploadDataset(dataset, varargin)
% UPLOADDATASET  Send a dataset to a bucket of Google Cloud: only what is not there already.
%
%   touchtrain.uploadDataset(DATASET, CLOUDSETTINGS) sends the folder DATASET (char or string), as
%   touchtrain.convertVideos writes it, and shows how far it is. CLOUDSETTINGS is the struct that
%   touchtrain.trainOnCloud takes; here dataBucket or mainBucket is needed, and fields about trainings change nothing.
%   What was broken off goes on with the same call. Every file is checked when it has arrived.
%
%   REPORT = touchtrain.uploadDataset(...) returns a struct: kind ('upload'), dataset (its URL), files and bytes (what
%   was sent), same_files and same_bytes (what was there already), seconds.
%
%   ... = touchtrain.uploadDataset(..., 'Name', value, ...) sets options; touchtrain.options('uploadDataset') prints
%   them: 'DataName' (folder in the bucket), 'Verbose' and others.
%
%   Example
%     report = touchtrain.uploadDataset('set', struct('mainBucket', 'my-lab'));
%     disp(report.dataset);
%
%   See also touchtrain.trainOnCloud, touchtrain.options
touchtrain.internal.options.needInputs(nargin, 1, ...
    'touchtrain.uploadDataset(dataset, cloudSettings, ''Name'', value, ...)');
dataset = touchtrain.internal.values.absolutePath(dataset, 'dataset');
pairs = touchtrain.internal.options.nameValues(ofUploads(touchtrain.internal.options.cloudArguments(varargin)));
result = touchtrain.internal.jobs.runJob(pairs, 'uploadDataset', dataset);
report = result.report;
if double(touchtrain.internal.options.optionValue(pairs, 'Verbose', true)) == 1
    touchtrain.internal.jobs.printReport(report, dataset);
end
if nargout == 0
    clear('report');
end
end

function given = ofUploads(given)
% Leave out of a struct of settings the fields that only a training knows.
if isempty(given) || ~isstruct(given{1})
    return
end
own = touchtrain.options('uploadDataset');
ofTraining = touchtrain.options('trainOnCloud');
names = fieldnames(given{1});
isOther = ismember(lower(names), setdiff(lower({ofTraining.name}), lower({own.name})));
given{1} = rmfield(given{1}, names(isOther));
end
