function test_figures()
% Figures fit on the screen, take the colours of MATLAB's theme, and their curves are seen in a light and a dark one.
place = @touchtrain.internal.figures.placeOnScreen;
for screen = {[1920 1080], [1366 768], [1280 720], [800 600], [3840 2160]}
    for wanted = {[1000 420], [1120 880], [400 3000], [5000 100]}
        [pixels, corner] = place(wanted{1}, screen{1});
        assert(all(corner >= 1) && corner(2) > 40 && all(corner + pixels <= screen{1} - [1 90]), 'TouchTrain:Test', ...
            '%s of %s at %s', mat2str(pixels), mat2str(screen{1}), mat2str(corner));
        assert(abs(pixels(1) / pixels(2) / (wanted{1}(1) / wanted{1}(2)) - 1) < 0.05, 'TouchTrain:Test', ...
            '%s', mat2str(pixels)); % the same shape
    end
end
expect_equal(place([1000 420], [1920 1080]), [1000 420]);
[pixels, corner] = place([1000 420], [1 1]); % without a display
expect_equal({pixels, corner}, {[1000 420], [1 1]});

fig = touchtrain.internal.figures.newFigure('off', [4 3]);
closing = onCleanup(@() close(fig)); %#ok<NASGU>
expect_equal({get(fig, 'PaperUnits'), get(fig, 'PaperPosition')}, {'inches', [0 0 4 3]});
plain = figure('Visible', 'off');
expect_equal(get(fig, 'Color'), get(plain, 'Color')); % not the default of the root, which knows no theme
close(plain);
clear('closing');

fig = touchtrain.internal.figures.drawHistory('off', struct('loss', [3 2], 'val_loss', [3 1], 'accuracy', [0.1 0.2]));
closing = onCleanup(@() close(fig)); %#ok<NASGU>
for drawn = findall(fig, 'Type', 'line')'
    colour = get(drawn, 'Color');
    for background = {[1 1 1], [0.94 0.94 0.94], [0.09 0.09 0.09], [0 0 0]}
        assert(contrast(colour, background{1}) > 3.5, 'TouchTrain:Test', '%s', mat2str(colour));
    end
end
clear('closing');
end

function ratio = contrast(one, other)
% Contrast of two colours as in the Web Content Accessibility Guidelines, which ask for 3 for lines in plots.
luminances = sort([luminance(one), luminance(other)]) + 0.05;
ratio = luminances(2) / luminances(1);
end

function value = luminance(colour)
isDark = colour <= 0.04045;
linear = ((colour + 0.055) / 1.055) .^ 2.4;
linear(isDark) = colour(isDark) / 12.92;
value = [0.2126 0.7152 0.0722] * linear(:);
end
