function addOctaveFolder()
% ADDOCTAVEFOLDER  In GNU Octave, add py., pyargs and pyenv to the path, and keep TouchTrain on it.
%
%   In MATLAB this folder must not be on the path: it would shadow the built-in functions. If it is, it is removed.
%
%   See also REMOVEOCTAVEFOLDER
touchtrain.internal.setup.keepOnPath();
if ~touchtrain.internal.values.isOctave()
    touchtrain.internal.setup.removeOctaveFolder();
elseif isempty(which('pyenv'))
    matlabFolder = fileparts(fileparts(fileparts(fileparts(mfilename('fullpath')))));
    addpath(fullfile(matlabFolder, 'resources', 'octave'));
end
end
