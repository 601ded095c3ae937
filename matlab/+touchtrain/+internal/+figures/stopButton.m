function button = stopButton(fig, stopFile)
% STOPBUTTON  Add a Stop button to the figure of a running training.
%
%   BUTTON = STOPBUTTON(FIG, STOPFILE): the button calls PRESSSTOP. BUTTON is [] if the graphics toolkit has no buttons.
button = [];
if ~touchtrain.internal.values.isOctave() || strcmp(get(fig, '__graphics_toolkit__'), 'qt')
    button = uicontrol('Parent', fig, 'Style', 'pushbutton', 'String', 'Stop', 'Units', 'normalized', ...
        'Position', [0.87 0.93 0.12 0.06], ...
        'Callback', @(pressed, ~) touchtrain.internal.figures.pressStop(pressed, stopFile));
end
end
