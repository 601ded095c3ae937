function savePicture(fig, file)
% SAVEPICTURE  Save a figure as a PNG file; at 100 pixels an inch of its 'PaperPosition'.
if touchtrain.internal.isOctave() && strcmp(get(fig, '__graphics_toolkit__'), 'gnuplot')
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
end
