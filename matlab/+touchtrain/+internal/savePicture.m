function savePicture(fig, file)
% SAVEPICTURE  Save a figure as a PNG file of 1000 by 420 pixels.
if touchtrain.internal.isOctave() && strcmp(get(fig, '__graphics_toolkit__'), 'gnuplot')
    % By print, Octave would need Ghostscript for it.
    figure(fig);
    set(fig, 'Visible', 'off');
    drawnow('pngcairo size 1000,420', file);
else
    print(fig, file, '-dpng', '-r100');
end
if ~isfile(file)
    error('TouchTrain:NotWritable', '%s cannot be written.', file);
end
end
