function yes = hasDisplay()
% HASDISPLAY  Tell whether a figure can be shown to somebody.
if touchtrain.internal.values.isOctave()
    yes = have_window_system(); % Octave only; without one gnuplot would draw with letters, into the log
else
    yes = usejava('desktop') || usejava('awt');
end
end
