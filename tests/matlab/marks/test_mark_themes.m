function test_mark_themes()
% How light the background of curves is, from 0 to 1, in a figure with a dark theme, and printed to a file.
mark('How light curves with a dark theme are, and printed', @() background());
end

function text = background()
if isempty(which('theme'))
    skip_test('there are no themes here; MATLAB has them since R2025a');
end
fig = touchtrain.plotHistory(struct('loss', [0.7 0.5], 'val_loss', [0.8 0.6]), 'File', 'light.png');
closing = onCleanup(@() close(fig)); %#ok<NASGU>
feval('theme', fig, 'dark');
print(fig, 'curves.png', '-dpng');
pixels = imread('curves.png');
text = sprintf('%.2f, %.2f', mean(get(fig, 'Color')), double(median(pixels(:))) / 255);
end
