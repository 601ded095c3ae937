function labels = tiny_videos(folder)
% TINY_VIDEOS  Three small videos that can be learnt, and beside their folder labels.mat with the labels of all.
%
%   LABELS = TINY_VIDEOS(FOLDER) writes first.avi, second.mp4, third.mp4 of 48, 40 and 48 frames of 48 x 64 pixels,
%   with a bright square in the middle where the label is 1. LABELS is the cell of rows in FOLDER-labels.mat.
tiny_files('videos', folder);
one = [0 0 0 0 1 1 1 1];
labels = {repmat(one, 1, 6), repmat(one, 1, 5), repmat(one, 1, 6)};
save([folder '-labels.mat'], 'labels', '-v7');
end
