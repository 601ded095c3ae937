function [frames, labels] = tiny_arrays(n, seed)
% TINY_ARRAYS  Small frames that can be learnt: uint8 20x20xN with a bright square where the label is 1.
%
%   [FRAMES, LABELS] = TINY_ARRAYS(N, SEED): LABELS is a row of double with touches of four frames; N is a multiple
%   of 8.
labels = repmat([0 0 0 0 1 1 1 1], 1, n / 8);
% Without a random generator, so that the frames are the same in MATLAB and in Octave.
noise = mod((1:20 * 20 * n) * 7919 + seed * 104729, 97);
frames = uint8(reshape(noise, 20, 20, n));
frames(8:13, 8:13, labels == 1) = frames(8:13, 8:13, labels == 1) + 140;
end
