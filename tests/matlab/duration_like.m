function value = duration_like(limit)
% DURATION_LIKE  A duration of some seconds: MATLAB's own, and in Octave a stand-in that has what TouchTrain uses of it.
if ~touchtrain.internal.values.isOctave()
    value = seconds(limit); % MATLAB only
    return
end
folder = fullfile(fileparts(pwd()), 'stand_ins'); % as in string_like
if exist('duration', 'file') ~= 2
    if ~isfolder(folder)
        mkdir(folder);
        addpath(folder);
    end
    id = fopen(fullfile(folder, 'duration.m'), 'w');
    fprintf(id, '%s\n', 'classdef duration', 'properties, limit, end', 'methods', ...
        'function o = duration(limit), o.limit = limit; end', 'function n = seconds(o), n = o.limit; end', 'end', ...
        'end');
    fclose(id);
    rehash();
end
value = feval('duration', limit);
end
