function yes = isOctave()
% ISOCTAVE  Tell whether this is GNU Octave and not MATLAB.
yes = exist('OCTAVE_VERSION', 'builtin') ~= 0;
end
