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
touchtrain.internal.needInputs(nargin, 1, 'touchtrain.inspect(path)');
found = touchtrain.internal.askPython('inspect', touchtrain.internal.absolutePath(path, 'path'));
if strcmp(found.kind, 'job') && any(strcmp(found.state, {'done', 'stopped'}))
    [found.history, ~, found.report] = touchtrain.internal.jobResult(found.path);
end
if nargout > 0
    record = found;
elseif strcmp(found.kind, 'dataset')
    touchtrain.internal.printDataset(found);
elseif strcmp(found.kind, 'job')
    printJob(found);
else
    printModel(found);
end
end

function printJob(job)
fprintf('Training %s\n', job.path);
fprintf('  state           %s\n', job.state);
names = {'epoch', 'epochs', 'loss', 'accuracy', 'val_loss', 'val_accuracy', 'seconds_left'};
for k = 1:numel(names)
    if isfield(job.progress, names{k})
        fprintf('  %-15s %s\n', strrep(names{k}, '_', ' '), touchtrain.internal.valueText(job.progress.(names{k})));
    end
end
fprintf('  model           %s\n', job.model_path);
end

function printModel(model)
fprintf('Model %s\n', model.path);
if isfield(model, 'written_by') && ~isempty(model.written_by)
    fprintf('  written by      %s\n', model.written_by);
end
fprintf('  frames          %s (height, width, channels)\n', mat2str(model.image_shape));
if isfield(model, 'class_names') && ~isempty(model.class_names)
    fprintf('  classes         %s\n', strjoin(model.class_names, ', '));
else
    fprintf('  classes         %d\n', model.classes);
end
fprintf('  parameters      %d in %d layers\n', model.parameters, model.layers);
if isfield(model, 'metadata') && isfield(model.metadata, 'metrics')
    about = model.metadata;
    fprintf('  trained on      %s of %s\n', touchtrain.internal.countText(about.split.training.frames, 'frame'), ...
        touchtrain.internal.countText(about.split.training.recordings, 'recording'));
    fprintf('  best epoch      %d\n', about.best_epoch);
    fprintf('  validation      accuracy %.3f on %s\n', about.metrics.validation.accuracy, ...
        touchtrain.internal.countText(about.metrics.validation.frames, 'frame'));
end
end
