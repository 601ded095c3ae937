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
    % Octave's print would need Ghostscript. Gnuplot reads an apostrophe in a path as its end.
    inches = get(fig, 'PaperPosition');
    plain = file;
    if any(file == '''')
        plain = [tempname() '.png'];
    end
    figure(fig);
    set(fig, 'Visible', 'off');
    drawnow(sprintf('pngcairo size %d,%d', round(100 * inches(3:4))), plain);
    isWritten = isfile(plain) && (strcmp(plain, file) || copied(plain, file));
else
    print(fig, file, '-dpng', '-r100');
    isWritten = isfile(file);
end
if ~isWritten
    touchtrain.internal.values.fail('TouchTrain:NotWritable', '%s cannot be written.', file);
end
if ~isReturned
    close(fig);
end
end

function tf = copied(from, file)
% Move a temporary file by reading and writing it, as movefile of Octave gives paths to a shell. False if that fails.
tf = false;
id = fopen(from, 'r');
if id < 0
    return
end
bytes = fread(id, Inf, '*uint8');
fclose(id);
touchtrain.internal.values.removeFile(from);
id = fopen(file, 'w');
if id >= 0
    tf = fwrite(id, bytes) == numel(bytes);
    fclose(id);
end
end
