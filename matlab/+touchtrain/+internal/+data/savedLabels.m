function file = savedLabels(labels) %#ok<INUSD>
% SAVEDLABELS  Save labels that are neither a vector nor a cell array of vectors to a temporary file, for a job to read.
%
%   FILE = SAVEDLABELS(LABELS) is the path of the .mat file, in a new folder of its own.
folder = tempname();
mkdir(folder);
file = fullfile(folder, 'labels.mat');
save(file, 'labels', '-v7');
end
