function record = inspect(path)
% INSPECT  Tell what a dataset, a model or a job holds.
%
%   touchtrain.inspect(PATH) prints it. PATH (char or string) is a dataset folder, an .h5 model, or the folder of a
%   training that runs or has ended.
%   RECORD = touchtrain.inspect(PATH) returns a struct; RECORD.kind says which of them it is.
%
%   Example
%     model = touchtrain.inspect('model.h5');
%     disp(model.class_names);
%
%   See also touchtrain.convertArrays, touchtrain.train
narginchk(1, 1);
found = touchtrain.internal.askPython('inspect', touchtrain.internal.absolutePath(path, 'path'));
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
