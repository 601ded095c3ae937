function test_mark_figures()
% What MATLAB's themes make of a figure of curves; a picture of it is light in each.
fig = touchtrain.internal.figures.drawHistory('off', struct('loss', [3 2 1], 'val_loss', [3 2 2]));
closing = onCleanup(@() close(fig)); %#ok<NASGU>
hasThemes = isprop(fig, 'Theme');
mark('Whether figures have themes', hasThemes);
ax = findobj(fig, 'Type', 'axes', 'Tag', 'loss');
if hasThemes
    mark('Theme of a new figure', @() char(fig.Theme.BaseColorStyle));
    for name = {'light', 'dark'}
        set(fig, 'Theme', name{1});
        drawnow();
        mark(['Colours of figure, axes and title in the theme ' name{1}], @() mat2str([get(fig, 'Color'); ...
            get(ax, 'Color'); get(get(ax, 'Title'), 'Color')], 3));
    end
end
file = fullfile(pwd(), 'curves.png');
touchtrain.internal.figures.savePicture(fig, file, true);
pixels = imread(file);
expect_equal(reshape(double(pixels(1, 1, :)), 1, []), [255 255 255]);
mark('Size of a picture of 10 x 4.2 inches', mat2str(size(pixels)));

% Limits that are set by hand stay when a line gets more values.
set(ax, 'XLim', [1.5 2]);
touchtrain.internal.figures.drawHistory(fig, struct('loss', 4:-1:1, 'val_loss', [3 2 2 2]));
expect_equal(get(ax, 'XLim'), [1.5 2]);
if ~touchtrain.internal.values.isOctave()
    mark('desktop -inuse, usejava desktop', @() sprintf('%d, %d', desktop('-inuse'), usejava('desktop'))); % MATLAB only
    mark('desktop inuse', @() sprintf('%d', desktop('inuse'))); % MATLAB only
    mark('usejava awt', @() sprintf('%d', usejava('awt'))); % MATLAB only
    mark('ScreenSize', @() mat2str(get(0, 'ScreenSize')));
end
end
