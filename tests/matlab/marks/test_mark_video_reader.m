function test_mark_video_reader()
% How VideoReader counts frames that a file counts but that hold no picture. TouchTrain tells both numbers.
tiny_files('dropped', 'videos');
file = fullfile('videos', 'dropped.avi');
found = touchtrain.inspect(file);
expect_equal([found.frames found.frames_of_container], [20 25]);
text = 'of VideoReader for an avi that counts 25 frames, 20 of them with a picture';
mark(['NumFrames ' text], @() counted(file));
mark(['Frames that readFrame gives ' text], @() given(file));
end

function n = counted(file)
reader = videoReader(file);
n = reader.NumFrames;
end

function n = given(file)
reader = videoReader(file);
n = 0;
while feval('hasFrame', reader) % Octave has none of these
    feval('readFrame', reader);
    n = n + 1;
end
end

function reader = videoReader(file)
if isempty(which('VideoReader'))
    skip_test('there is no VideoReader here');
end
reader = feval('VideoReader', file);
end
