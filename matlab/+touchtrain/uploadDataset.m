function report = uploadDataset(dataset, varargin)
% UPLOADDATASET  Upload a dataset to a Google Cloud Storage bucket.
%
%   touchtrain.uploadDataset(DATASET, CLOUDSETTINGS) uploads the folder DATASET (char or string), which
%   touchtrain.convertVideos writes, and shows progress. Files that are in the bucket already are not sent again.
%   CLOUDSETTINGS is the struct that touchtrain.trainOnCloud takes; dataBucket or mainBucket is required, and fields
%   that concern only training are ignored. To resume an interrupted upload, repeat the call. Each file is checked after
%   the transfer.
%
%   REPORT = touchtrain.uploadDataset(...) returns a struct: kind ('upload'), dataset (its URL), files and bytes (sent),
%   same_files and same_bytes (already in the bucket), seconds.
%
%   ... = touchtrain.uploadDataset(..., 'Name', value, ...) sets options, such as 'DataName' (folder in the bucket) and
%   'Verbose'; touchtrain.options('uploadDataset') lists all.
%
%   Example
%     report = touchtrain.uploadDataset('set', struct('mainBucket', 'my-lab'));
%     disp(report.dataset);
%
%   See also touchtrain.trainOnCloud, touchtrain.options
touchtrain.internal.options.requireInputs(nargin, 1, ...
    'touchtrain.uploadDataset(dataset, cloudSettings, ''Name'', value, ...)');
dataset = touchtrain.internal.values.absolutePath(dataset, 'dataset');
given = uploadSettings(touchtrain.internal.options.cloudArguments(varargin));
pairs = touchtrain.internal.options.nameValues(given, 'uploadDataset');
result = touchtrain.internal.jobs.runJob(pairs, 'uploadDataset', dataset);
report = result.report;
if touchtrain.internal.options.isOn(pairs, 'Verbose', true)
    touchtrain.internal.jobs.printReport(report, dataset);
end
if nargout == 0
    clear('report');
end
end

function given = uploadSettings(given)
% Remove the fields that concern only training from a struct of settings.
if isempty(given) || ~isstruct(given{1})
    return
end
own = touchtrain.internal.options.optionNames('uploadDataset');
ofTraining = touchtrain.internal.options.optionNames('trainOnCloud');
names = fieldnames(given{1});
isOther = cellfun(@(name) isempty(touchtrain.internal.options.inFull(name, own)) && ...
    ~isempty(touchtrain.internal.options.inFull(name, ofTraining)), names);
given{1} = rmfield(given{1}, names(isOther));
end
