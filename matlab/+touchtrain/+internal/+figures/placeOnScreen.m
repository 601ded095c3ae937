function [pixels, corner] = placeOnScreen(pixels, screen)
% PLACEONSCREEN  Size and place of a figure in the middle of the screen, within a title bar, menu, toolbar and taskbar.
%
%   [PIXELS, CORNER] = PLACEONSCREEN(PIXELS, SCREEN): PIXELS is the wanted [width height], SCREEN that of the screen.
%   CORNER is the left lower corner, from 1.
corner = [1 1];
if all(screen > 200) % without a display it can be anything
    above = 100;
    below = 50;
    room = screen - [20, above + below];
    pixels = pixels * min([1, room ./ pixels]);
    corner = max(1, round([(screen(1) - pixels(1)) / 2, below + (room(2) - pixels(2)) / 2]));
end
pixels = round(pixels);
end
