function [file, visible] = pictureFile(given, isAnswered, call)
% PICTUREFILE  Where a figure is saved, and whether it is shown.
%
%   [FILE, VISIBLE] = PICTUREFILE(GIVEN, ISANSWERED, CALL): GIVEN is the option 'File' as the user gave it; FILE is its
%   absolute path, which ends with .png, or '' where it is empty. VISIBLE is 'on' where the figure is for somebody to
%   see. Without a display and without a file that is an error, unless the figure is returned (ISANSWERED); it shows
%   CALL, how the function is called with a file.
visible = 'off';
file = '';
if ~isempty(given)
    file = touchtrain.internal.values.absolutePath(given, 'File');
    [folder, name, suffix] = fileparts(file);
    if ~strcmpi(suffix, '.png')
        file = fullfile(folder, [name suffix '.png']);
    end
    if ~isfolder(folder)
        error('TouchTrain:PathMissing', 'The folder %s does not exist, so %s cannot be written.', folder, file);
    end
elseif touchtrain.internal.figures.hasDisplay()
    visible = 'on';
elseif ~isAnswered
    error('TouchTrain:NoGraphics', 'There is no display to draw on. Save it: %s.', call);
end
end
