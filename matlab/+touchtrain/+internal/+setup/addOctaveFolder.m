function addOctaveFolder()
% ADDOCTAVEFOLDER  In GNU Octave, put py., pyargs and pyenv on the path.
%
%   In MATLAB that folder must never be on the path: it would hide MATLAB's own.
if touchtrain.internal.values.isOctave() && isempty(which('pyenv'))
    matlabFolder = fileparts(fileparts(fileparts(fileparts(mfilename('fullpath')))));
    addpath(fullfile(matlabFolder, 'octave'));
end
end
