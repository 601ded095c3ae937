function test_show_mistakes()
% The worst mistakes are drawn from a report's folder, without Python and without a display.
frames = uint8(reshape(1:240, [5 8 1 6]));
report = made_report('a.report', frames);
expect_equal(touchtrain.internal.data.readFrames(fullfile('a.report', 'mistakes.npy')), frames);
touchtrain.showMistakes(report, 'File', 'a.png');
touchtrain.showMistakes(string_like('string', {'a.report'}), 'Most', 2, 'File', string_like('string', {'b'}));
assert(isfile('a.png') && isfile('b.png'));

fig = touchtrain.showMistakes(report, 'Most', 2);
drawn = images_of(fig);
expect_equal(numel(drawn), 2);
expect_equal(get(drawn(1), 'CData'), frames(:, :, 1, 6)); % the worst is the first
expect_equal(get(drawn(2), 'CData'), frames(:, :, 1, 5));
expect_equal(words_at(drawn(1), 'Title'), '..g_with_long_name_6, 16'); % counted from 1; the file counts from 0
expect_equal(words_at(drawn(1), 'XLabel'), 'Touch -> NonTouch');
close(fig);
fig = touchtrain.showMistakes('a.report', 'Most', 1);
drawn = images_of(fig);
expect_equal(words_at(drawn(1), 'Title'), '..g_with_long_name_6, 16');
pixels = get(fig, 'Position');
close(fig);
fig = touchtrain.showMistakes(setfield(report, 'first_frame', 1)); %#ok<SFLD> as touchtrain.train returns it
drawn = images_of(fig);
expect_equal(words_at(drawn(1), 'Title'), '..g_with_long_name_6, 15');
larger = get(fig, 'Position');
assert(all(larger(3:4) > pixels(3:4)), 'TouchTrain:Test', '%s', mat2str([pixels larger]));
close(fig);

coloured = made_report('c.report', uint8(reshape(1:120, [5 4 3 2])));
coloured.mistakes(1).frame = NaN; % loose images have no numbers
coloured.mistakes(2).frame = [];
coloured.mistakes(1).recording = '"; system "touch h"';
coloured.mistakes(1).label = '`touch h`\';
coloured.mistakes(1).file = 'mon/img_1.png'; % an image file of its own
fig = touchtrain.showMistakes(coloured);
drawn = images_of(fig);
expect_equal(size(get(drawn(1), 'CData')), [5 4 3]);
expect_equal(words_at(drawn(1), 'Title'), '..rding_with_long_name_2');
expect_equal(words_at(drawn(2), 'Title'), 'mon/img_1.png');
close(fig);
touchtrain.showMistakes(coloured, 'File', 'c.png');
assert(isfile('c.png') && ~isfile('h')); % a name is no command

if ~touchtrain.internal.figures.hasDisplay()
    expect_error('TouchTrain:NoGraphics', @() shown(report), 'mistakes.png');
end
expect_error('TouchTrain:BadOption', @() touchtrain.showMistakes(3));
expect_error('TouchTrain:BadOption', @() touchtrain.showMistakes(report, 'Most', 0), 'Most');
perfect = setfield(report, 'mistakes', []); %#ok<SFLD>
text = evalc('fig = touchtrain.showMistakes(perfect);');
assert(~isempty(text) && isempty(fig));
expect_error('TouchTrain:PathMissing', @() touchtrain.showMistakes('missing.report'), 'missing.report');
expect_error('TouchTrain:PathMissing', @() touchtrain.showMistakes(setfield(report, 'report_folder', [])), 'Report');
expect_error('TouchTrain:PathMissing', ...
    @() touchtrain.showMistakes(report, 'File', fullfile('missing', 'a.png')));
report.mistakes = report.mistakes(1:5);
expect_error('TouchTrain:BadFrames', @() touchtrain.showMistakes(report), report.report_folder, '6', '5');
check_bad_files();
end

function check_bad_files()
% What holds no frames is told apart from what is cut short.
write_bytes('a.npy', 'no frames at all');
ofOther = expect_error('TouchTrain:BadFrames', @() touchtrain.internal.data.readFrames('a.npy'), 'a.npy');
write_bytes('a.npy', '');
expect_error('TouchTrain:BadFrames', @() touchtrain.internal.data.readFrames('a.npy'), 'a.npy');
write_frames('a.npy', uint8(zeros(5, 8, 1, 6)));
id = fopen('a.npy', 'r');
bytes = fread(id, [1 Inf], '*uint8');
fclose(id);
write_bytes('a.npy', bytes(1:end - 1));
ofCut = expect_error('TouchTrain:BadFrames', @() touchtrain.internal.data.readFrames('a.npy'), 'a.npy');
assert(~strcmp(ofOther, ofCut));
expect_error('TouchTrain:PathMissing', @() touchtrain.internal.data.readFrames('b.npy'), 'b.npy');
end

function found = images_of(fig)
% The images of a figure in the order in which they were drawn; in MATLAB and Octave the newest is found first.
found = flipud(findobj(fig, 'Type', 'image'));
end

function words = words_at(drawn, place)
words = get(get(get(drawn, 'Parent'), place), 'String');
end

function report = made_report(folder, frames)
% A report's folder as Python writes it, and the struct that belongs to it; the last mistake is the worst.
mkdir(folder);
write_frames(fullfile(folder, 'mistakes.npy'), frames);
count = size(frames, 4);
for k = 1:count
    mistakes(k) = struct('recording', sprintf('recording_with_long_name_%d', k), 'frame', 9 + k, ...
        'label', 'Touch', 'predicted', 'NonTouch', 'probability', 0.5 - 0.05 * k); %#ok<AGROW>
end
report = struct('mistakes', mistakes, 'parameters', 7);
write_bytes(fullfile(folder, 'report.json'), jsonencode(report));
report.report_folder = fullfile(pwd, folder);
end

function write_frames(file, frames)
% An .npy file of HxWxCxN frames, in C order.
shape = [size(frames, 4), size(frames, 1), size(frames, 2), size(frames, 3)];
text = sprintf('{''descr'': ''|u1'', ''fortran_order'': False, ''shape'': (%d, %d, %d, %d), }', shape);
text = [text blanks(117 - numel(text)) sprintf('\n')];
values = double(reshape(permute(frames, [3 2 1 4]), 1, []));
write_bytes(file, [147, double('NUMPY'), 1, 0, 118, 0, double(text), values]);
end

function write_bytes(file, bytes)
% A file of these bytes.
id = fopen(file, 'w');
fwrite(id, uint8(bytes), 'uint8');
fclose(id);
end

function shown(report)
touchtrain.showMistakes(report);
end
