function folder = made_job(name, state, varargin)
% MADE_JOB  A folder as a training leaves it, without the training.
%
%   FOLDER = MADE_JOB(NAME, STATE, LOSS, ...) writes the folder NAME of a training in that state, with one epoch for
%   each LOSS, whose other figures are 0.1, 0.2, 0.3 above. FOLDER is its absolute path.
folder = fullfile(pwd(), name);
if ~isfolder(folder)
    mkdir(folder);
end
write(fullfile(folder, 'settings.json'), struct('command', 'train', 'model_path', fullfile(pwd(), 'model.h5')));
write(fullfile(folder, 'state.json'), struct('state', state));
id = fopen(fullfile(folder, 'epochs.jsonl'), 'w');
closing = onCleanup(@() fclose(id)); %#ok<NASGU>
for k = 1:numel(varargin)
    loss = varargin{k};
    fprintf(id, '%s\n', jsonencode(struct('epoch', k, 'loss', loss, 'accuracy', loss + 0.1, 'val_loss', loss + 0.2, ...
        'val_accuracy', loss + 0.3)));
end
end

function write(file, record)
id = fopen(file, 'w');
fprintf(id, '%s\n', jsonencode(record));
fclose(id);
end
