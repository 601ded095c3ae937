function addOctaveFolder()
% ADDOCTAVEFOLDER  In GNU Octave, add py., pyargs and pyenv to the path.
%
%   In MATLAB this folder must not be on the path: it would shadow the built-in functions.
if touchtrain.internal.values.isOctave() && isempty(which('pyenv'))
    matlabFolder = fileparts(fileparts(fileparts(fileparts(mfilename('fullpath')))));
    addpath(fullfile(matlabFolder, 'octave'));
end
end
