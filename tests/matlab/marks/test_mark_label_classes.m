function test_mark_label_classes()
% What becomes of labels in classes that only MATLAB has, and of frames on a graphics card.
tiny_files('videos', 'videos');
labels = repmat([0 0 0 0 1 1 1 1], 1, 5);
kinds = {'string', 'categorical', 'table', 'timetable', 'gpuArray'};
for k = 1:numel(kinds)
    mark(['What labels of class ' kinds{k} ' become'], @() counted(kinds{k}, labels));
end
mark('What frames of class gpuArray become', @() frames_of_card());
end

function text = counted(kind, labels)
% The counts of a conversion.
if touchtrain.internal.values.isOctave()
    skip_test(['Octave has no ' kind]);
end
names = {'NonTouch', 'Touch'};
named = names(labels + 1);
switch kind
    case 'string'
        given = string(named); % MATLAB only
    case 'categorical'
        given = categorical(named); % MATLAB only
    case 'table'
        given = table({'second.mp4'}, {labels}, 'VariableNames', {'video', 'labels'}); % MATLAB only
    case 'timetable'
        times = seconds((0:numel(labels) - 1)' / 500); % MATLAB only
        given = timetable(times, labels(:), 'VariableNames', {'label'}); % MATLAB only
    case 'gpuArray'
        given = on_card(labels);
end
report = touchtrain.convertVideos(fullfile('videos', 'second.mp4'), given, 'set', 'Verbose', false);
text = sprintf('NonTouch %d, Touch %d', report.counts.NonTouch, report.counts.Touch);
end

function text = frames_of_card()
[frames, labels] = tiny_arrays(16, 1);
report = touchtrain.convertArrays(on_card(frames), labels, 'frames', 'Verbose', false);
text = sprintf('%d frames', report.frames);
end

function value = on_card(value)
if touchtrain.internal.values.isOctave() || isempty(which('gpuArray')) || gpuDeviceCount() == 0 % MATLAB only
    skip_test('there is no graphics card, or no Parallel Computing Toolbox');
end
value = gpuArray(value); % MATLAB only
end
