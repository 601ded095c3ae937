function tf = isOctave()
% ISOCTAVE  True in GNU Octave, false in MATLAB.
tf = exist('OCTAVE_VERSION', 'builtin') ~= 0;
end
