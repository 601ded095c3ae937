function fig = newFigure(visible, inches)
% NEWFIGURE  Make a figure that is shown ('on') or not ('off') and is saved at INCHES, [width height].
if touchtrain.internal.values.isOctave()
    if isempty(available_graphics_toolkits()) % Octave only
        error('TouchTrain:NoGraphics', 'Octave has no graphics here. Install gnuplot, or start it with a display.');
    end
    warning('off', 'Octave:gnuplot-graphics', 'local'); % that gnuplot is discouraged
end
fig = figure('Name', 'TouchTrain', 'NumberTitle', 'off', 'Visible', visible, 'Color', 'w');
set(fig, 'PaperUnits', 'inches', 'PaperPosition', [0 0 inches]);
end
