function addOctaveFolder()
% ADDOCTAVEFOLDER  In GNU Octave, add py., pyargs and pyenv to the path, and keep TouchTrain on it.
%
%   In MATLAB this folder must not be on the path: it would shadow the built-in functions.
touchtrain.internal.setup.keepOnPath();
if touchtrain.internal.values.isOctave() && isempty(which('pyenv'))
    matlabFolder = fileparts(fileparts(fileparts(fileparts(mfilename('fullpath')))));
    addpath(fullfile(matlabFolder, 'octave'));
end
end
