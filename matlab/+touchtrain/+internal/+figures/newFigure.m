function fig = newFigure(visible, inches)
% NEWFIGURE  Create a visible ('on') or invisible ('off') figure with the print size INCHES, [width height].
if touchtrain.internal.values.isOctave()
    if isempty(available_graphics_toolkits()) % Octave only
        error('TouchTrain:NoGraphics', ...
            'This Octave has no graphics toolkit. Install gnuplot, or start Octave with a display.');
    end
    warning('off', 'Octave:gnuplot-graphics', 'local'); % Octave warns that gnuplot is discouraged
end
fig = figure('Name', 'TouchTrain', 'NumberTitle', 'off', 'Visible', visible, 'Color', 'w');
set(fig, 'PaperUnits', 'inches', 'PaperPosition', [0 0 inches]);
end
