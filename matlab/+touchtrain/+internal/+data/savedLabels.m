function [file, remover] = savedLabels(labels)
% SAVEDLABELS  Save labels that are neither a vector nor a cell array of vectors to a temporary file, for a job to read.
%
%   [FILE, REMOVER] = SAVEDLABELS(LABELS): FILE is the path of the .mat file, in a new folder of its own. A job that
%   starts moves it into its own folder; if none does, it is removed when REMOVER is cleared.
labels = touchtrain.internal.values.onHost(labels); %#ok<NASGU>
folder = [tempname() '-touchtrain-job'];
mkdir(folder);
file = fullfile(folder, 'labels.mat');
save(file, 'labels', '-v7');
remover = onCleanup(@() removeLeft(folder, file));
end

function removeLeft(folder, file)
if isfile(file)
    touchtrain.internal.values.removeFile(file);
    rmdir(folder);
end
end
