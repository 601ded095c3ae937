function test_preview_region()
% The picture of the ROI is written where MATLAB stands, pixels count from 1, and faults are told in MATLAB's spelling.
tiny_videos('my videos');
tiny_files('model', 'models');
mkdir('sub');
cd('sub');
videos = fullfile('..', 'my videos');
at = 0;
text = evalc(['at = touchtrain.previewRegion(videos, ''Centers'', [30 20], ''Roi'', 21, ''Examples'', 2, ' ...
    '''File'', ''box'');']);
assert(isfile('box.png') && ~isempty(strfind(text, fullfile(pwd(), 'box.png'))) && isempty(at));
model = fullfile('..', 'models', 'known.h5');
text = evalc(['touchtrain.previewRegion({fullfile(videos, ''first.avi'')}, ''Model'', model, ''File'', ' ...
    '''one.png'', ''Verbose'', false)']);
assert(isfile('one.png') && isempty(text));
if ~touchtrain.internal.figures.hasDisplay()
    at = 0;
    evalc('at = touchtrain.previewRegion(videos);');
    assert(isfile('region.png') && isempty(at));
end

record = touchtrain.internal.python.askPython('do_job', 'previewRegion', ...
    jsonencode(fullfile(pwd(), '..', 'my videos', 'first.avi')), fullfile(pwd(), 'one.png'), ...
    '{"Centers": [30, 20], "Roi": 21, "Frame": 5}');
row = record.rows(1);
expect_equal(row.box, [20 10 21 21]);
expect_equal(row.frame, 5);
corner = [row.left row.top] + 0.5; % of the first pixel of the frame, as ginput counts
expect_equal(touchtrain.internal.curation.clickedPixel(record, corner + 0.1), [1 1]);
middle = corner + row.scale * [29.5 19.5];
expect_equal(touchtrain.internal.curation.clickedPixel(record, middle), [30 20]);
last = corner + row.scale * [row.width row.height];
expect_equal(touchtrain.internal.curation.clickedPixel(record, last - 0.1), [row.width row.height]);
expect_equal(touchtrain.internal.curation.clickedPixel(record, last + 1), []);
expect_equal(touchtrain.internal.curation.clickedPixel(record, []), []);

expect_error('TouchTrain:BadOption', @() touchtrain.previewRegion(3), 'videos');
expect_error('TouchTrain:UnknownOption', @() touchtrain.previewRegion(videos, 'Centres', [3 4]), 'Centers');
expect_error('TouchTrain:BadOption', @() touchtrain.previewRegion(videos, 'Frame', 0), 'Frame');
expect_error('TouchTrain:PathMissing', @() touchtrain.previewRegion(fullfile('no', 'videos')), 'no');
expect_error('TouchTrain:PathMissing', @() touchtrain.previewRegion(videos, 'File', fullfile('no', 'a.png')), 'no');
expect_error('TouchTrain:PathMissing', @() touchtrain.previewRegion(videos, 'Model', 'no.h5'), 'no.h5');
end
