function path = existingPath(path, name, kind, faults)
% EXISTINGPATH  Absolute path of a parameter of a script.
%
%   PATH = EXISTINGPATH(PATH, NAME, KIND, FAULTS): an error is added to FAULTS if PATH, the value of the parameter NAME,
%   is not a path, or if no KIND ('file', 'folder' or 'file or folder') exists there.
before = numel(faults.rows);
faults.check(@() touchtrain.internal.values.absolutePath(path, name));
if numel(faults.rows) > before
    return
end
path = touchtrain.internal.values.absolutePath(path, name);
isThere = isfile(path) && ~strcmp(kind, 'folder') || isfolder(path) && ~strcmp(kind, 'file');
if ~isThere
    faults.add('TouchTrain:PathMissing', sprintf('%s: there is no %s %s.', name, kind, path));
end
end
