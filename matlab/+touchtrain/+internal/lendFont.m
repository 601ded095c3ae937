function lendFont()
% LENDFONT  In Octave, see to it that its figures find a font.
%
%   Octave draws the text of figures in FreeSans, which minimal installations leave out; then no axes can be made.
%   Another font of the system takes its place. It must be lent before the first figure, because Octave looks only
%   once.
own = {fullfile(OCTAVE_HOME(), 'share', 'octave', OCTAVE_VERSION(), 'fonts'), ... % Octave only
    '/usr/share/fonts/opentype/freefont'};
if ~isunix() || ~isempty(getenv('OCTAVE_FONTS_DIR')) || any(cellfun(@(one) isfile(fullfile(one, 'FreeSans.otf')), own))
    return
end
base = getenv('XDG_CACHE_HOME');
if isempty(base)
    base = fullfile(getenv('HOME'), '.cache');
end
folder = fullfile(base, 'touchtrain', 'fonts');
names = {'FreeSans', 'FreeSansBold', 'FreeSansOblique', 'FreeSansBoldOblique'};
styles = {'regular', 'bold', 'oblique', 'bold:oblique'};
if ~isfolder(folder)
    mkdir(folder);
end
for k = 1:numel(names)
    if ~isfile(fullfile(folder, [names{k} '.otf']))
        % A link and no copy: FreeType goes by what is in the file, not by its name.
        system(sprintf('ln -sfn "$(fc-match -f ''%%{file}'' sans:%s)" "%s" 2>/dev/null', styles{k}, ...
            fullfile(folder, [names{k} '.otf'])));
    end
end
setenv('OCTAVE_FONTS_DIR', folder);
end
