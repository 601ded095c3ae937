function button = stopButton(fig, stopFile)
% STOPBUTTON  Put a button into the figure of a training that runs, which ends it gently.
%
%   BUTTON = STOPBUTTON(FIG, STOPFILE): pressed, it does what PRESSSTOP says. [] where the graphics have no buttons.
button = [];
if ~touchtrain.internal.values.isOctave() || strcmp(get(fig, '__graphics_toolkit__'), 'qt')
    button = uicontrol('Parent', fig, 'Style', 'pushbutton', 'String', 'Stop', 'Units', 'normalized', ...
        'Position', [0.46 0.92 0.12 0.07], ...
        'Callback', @(pressed, ~) touchtrain.internal.figures.pressStop(pressed, stopFile));
end
end
