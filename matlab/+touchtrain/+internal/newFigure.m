function fig = newFigure(visible)
% NEWFIGURE  A figure for the curves of a training; FIG = NEWFIGURE('off') for one that is not shown.
if touchtrain.internal.isOctave()
    if isempty(available_graphics_toolkits()) % Octave only
        error('TouchTrain:NoGraphics', 'Octave has no graphics here. Install gnuplot, or start it with a display.');
    end
    warning('off', 'Octave:gnuplot-graphics', 'local'); % that gnuplot is discouraged
    touchtrain.internal.lendFont();
end
fig = figure('Name', 'TouchTrain', 'NumberTitle', 'off', 'Visible', visible, 'Color', 'w');
set(fig, 'PaperUnits', 'inches', 'PaperPosition', [0 0 10 4.2]);
end
