function octave_only(why)
% OCTAVE_ONLY  In MATLAB, end a test, or the rest of it, that needs what only GNU Octave has, with the reason.
if ~touchtrain.internal.values.isOctave()
    skip_test(why);
end
end
