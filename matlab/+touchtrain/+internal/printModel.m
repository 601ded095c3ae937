function printModel(model)
% PRINTMODEL  Print what is known of a model file, in a few lines.
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
    fprintf('  trained on      %d frames of %d recordings\n', about.split.training.frames, ...
        about.split.training.recordings);
    fprintf('  best epoch      %d\n', about.best_epoch);
    fprintf('  validation      accuracy %.3f on %d frames\n', about.metrics.validation.accuracy, ...
        about.metrics.validation.frames);
end
end
