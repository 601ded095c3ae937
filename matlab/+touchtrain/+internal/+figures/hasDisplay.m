function tf = hasDisplay()
% HASDISPLAY  True if a figure can be shown on a display.
if touchtrain.internal.values.isOctave()
    tf = have_window_system(); % Octave only; without one, gnuplot plots as text into the log
elseif touchtrain.internal.figures.hasDesktop()
    tf = true;
elseif exist('usejava', 'file') || exist('usejava', 'builtin')
    tf = usejava('awt');
else
    screen = get(0, 'ScreenSize');
    tf = all(screen(3:4) > 1); % without a display it is one pixel
end
end
