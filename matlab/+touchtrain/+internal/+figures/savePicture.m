function savePicture(fig, file, isAnswered)
% SAVEPICTURE  Save a figure as a PNG file; at 100 pixels an inch of its 'PaperPosition'.
%
%   SAVEPICTURE(FIG, FILE, ISANSWERED) does nothing where FILE is empty, and closes a saved figure unless ISANSWERED:
%   whether the user is given FIG.
if isempty(file)
    return
end
if touchtrain.internal.values.isOctave() && strcmp(get(fig, '__graphics_toolkit__'), 'gnuplot')
    % By print, Octave would need Ghostscript for it.
    inches = get(fig, 'PaperPosition');
    figure(fig);
    set(fig, 'Visible', 'off');
    drawnow(sprintf('pngcairo size %d,%d', round(100 * inches(3:4))), file);
else
    print(fig, file, '-dpng', '-r100');
end
if ~isfile(file)
    error('TouchTrain:NotWritable', '%s cannot be written.', file);
end
if ~isAnswered
    close(fig);
end
end
