function tf = hasDisplay()
% HASDISPLAY  True if a figure can be shown on a display.
if touchtrain.internal.values.isOctave()
    tf = have_window_system(); % Octave only; without one, gnuplot plots as text into the log
else
    tf = touchtrain.internal.figures.hasDesktop() || usejava('awt');
end
end
