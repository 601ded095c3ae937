function keepOnPath()
% KEEPONPATH  In GNU Octave, put the absolute TouchTrain folder on the path, in place of a relative one.
%
%   Octave keeps 'addpath matlab' as it is, so that TouchTrain would be lost when the current folder changes. MATLAB
%   makes each entry absolute. PKG_ADD calls this function when the folder is added.
if ~touchtrain.internal.values.isOctave()
    return
end
here = fileparts(fileparts(fileparts(fileparts(mfilename('fullpath')))));
here = make_absolute_filename(here); % Octave only
if ~any(strcmp(strsplit(path(), pathsep()), here))
    addpath(here); % Octave calls this function again then
end
folders = strsplit(path(), pathsep());
for entry = folders(cellfun(@(one) strcmp(make_absolute_filename(one), here), folders)) % Octave only
    if ~strcmp(entry{1}, here) && ~strcmp(entry{1}, '.')
        rmpath(entry{1});
    end
end
end
