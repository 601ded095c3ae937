function savePicture(fig, file, isReturned)
% SAVEPICTURE  Save a figure as a PNG file, at 100 pixels per inch of its 'PaperPosition'.
%
%   SAVEPICTURE(FIG, FILE, ISRETURNED) does nothing if FILE is empty. It closes the figure after saving, unless FIG is
%   an output of the public function (ISRETURNED). A picture has a light background, whatever MATLAB's theme is.
if isempty(file)
    return
end
if isprop(fig, 'Theme') % since R2025a
    set(fig, 'Theme', 'light');
end
set(fig, 'Color', 'w');
if touchtrain.internal.values.isOctave() && strcmp(get(fig, '__graphics_toolkit__'), 'gnuplot')
    % Octave's print would need Ghostscript.
    inches = get(fig, 'PaperPosition');
    figure(fig);
    set(fig, 'Visible', 'off');
    drawnow(sprintf('pngcairo size %d,%d', round(100 * inches(3:4))), file);
else
    print(fig, file, '-dpng', '-r100');
end
if ~isfile(file)
    touchtrain.internal.values.fail('TouchTrain:NotWritable', '%s cannot be written.', file);
end
if ~isReturned
    close(fig);
end
end
