function record = inspect(path)
% INSPECT  Tell what a dataset, a model or a job holds.
%
%   touchtrain.inspect(PATH) prints it. PATH (char or string) is a dataset folder, an .h5 model, or the folder of a
%   training that runs or has ended.
%   RECORD = touchtrain.inspect(PATH) returns a struct; RECORD.kind says which of them it is: 'dataset', 'model' or
%   'job'. Of a training that has ended it has history and report too, as touchtrain.train returns them.
%
%   Example
%     model = touchtrain.inspect('model.h5');
%     disp(model.class_names);
%
%   See also touchtrain.convertArrays, touchtrain.train
narginchk(1, 1);
found = touchtrain.internal.askPython('inspect', touchtrain.internal.absolutePath(path, 'path'));
if strcmp(found.kind, 'job') && any(strcmp(found.state, {'done', 'stopped'}))
    result = touchtrain.internal.askPython('job_result', found.path);
    found.history = touchtrain.internal.historyRows(result.history);
    found.report = result.report;
end
if nargout > 0
    record = found;
elseif strcmp(found.kind, 'dataset')
    touchtrain.internal.printDataset(found);
elseif strcmp(found.kind, 'job')
    touchtrain.internal.printJob(found);
else
    touchtrain.internal.printModel(found);
end
end
