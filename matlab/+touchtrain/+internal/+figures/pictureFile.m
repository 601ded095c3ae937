function [file, visible] = pictureFile(given, isReturned, call)
% PICTUREFILE  Choose the file in which to save a figure, and whether to show the figure.
%
%   [FILE, VISIBLE] = PICTUREFILE(GIVEN, ISRETURNED, CALL): GIVEN is the value of the option 'File'. FILE is its
%   absolute path, with the extension .png, or '' if GIVEN is empty. VISIBLE is 'on' if the figure is to be shown. If
%   there is neither a display nor a file, and the figure is not an output either (ISRETURNED is false), an error shows
%   CALL, the syntax that saves the figure.
visible = 'off';
file = '';
if ~touchtrain.internal.values.isBlank(given)
    file = touchtrain.internal.values.absolutePath(given, 'File');
    [folder, name, suffix] = fileparts(file);
    if ~strcmpi(suffix, '.png')
        file = fullfile(folder, [name suffix '.png']);
    end
    if ~isfolder(folder)
        touchtrain.internal.values.fail('TouchTrain:PathMissing', ...
            'The folder %s does not exist, so %s cannot be written.', folder, file);
    end
elseif touchtrain.internal.figures.hasDisplay()
    visible = 'on';
elseif ~isReturned
    touchtrain.internal.values.fail('TouchTrain:NoGraphics', ...
        'There is no display. Save the figure to a file: %s.', call);
end
end
