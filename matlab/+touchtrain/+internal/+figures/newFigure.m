function fig = newFigure(visible, inches)
% NEWFIGURE  Create a visible ('on') or invisible ('off') figure of the size INCHES, [width height], as in print.
%
%   On the screen the figure has 100 pixels per inch, and a window of its own: in one that is docked, or of MATLAB's
%   default size, texts would overlap. A figure that does not fit on the screen, with its title bar, menu and toolbar
%   and with a taskbar, is made smaller, with the same shape. Its colours are those of MATLAB's theme.
if touchtrain.internal.values.isOctave()
    if isempty(available_graphics_toolkits()) % Octave only
        touchtrain.internal.values.fail('TouchTrain:NoGraphics', ...
            'This Octave has no graphics toolkit. Install gnuplot, or start Octave with a display.');
    end
    warning('off', 'Octave:gnuplot-graphics', 'local'); % Octave warns that gnuplot is discouraged
end
screen = get(0, 'ScreenSize');
[pixels, corner] = touchtrain.internal.figures.placeOnScreen(100 * inches, screen(3:4));
fig = figure('Name', 'TouchTrain', 'NumberTitle', 'off', 'Visible', visible, 'WindowStyle', 'normal', ...
    'Units', 'pixels', 'Position', [corner pixels]);
set(fig, 'PaperUnits', 'inches', 'PaperPosition', [0 0 inches]);
end
