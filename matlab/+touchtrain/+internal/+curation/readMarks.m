function marks = readMarks(folder, names)
% READMARKS  Read the marks of recordings of a session: MARKS of touchtrain.curate.
%
%   MARKS = READMARKS(FOLDER, NAMES): Python says what is known of each recording and where its arrays lie in the file;
%   the arrays are read from there, because they would be slow as text.
empty = cell(1, 0);
marks = struct('name', empty, 'video', empty, 'class_names', empty, 'frame', empty, 'labels', empty, ...
    'probabilities', empty, 'reason', empty, 'reason_names', empty, 'touches', empty, 'decision', empty, ...
    'frame_rate', empty, 'files', empty, 'origin', empty);
if isempty(names)
    return
end
found = touchtrain.internal.python.askPython('marks_of', folder, jsonencode(cellstr(names)));
for k = numel(found):-1:1
    marks(k) = marksOf(found(k));
end
end

function marks = marksOf(found)
n = found.frames;
classes = numel(found.class_names);
[id, message] = fopen(found.path, 'r', 'ieee-le');
if id < 0
    touchtrain.internal.values.fail('TouchTrain:NotReadable', '%s cannot be read: %s.', found.path, message);
end
closing = onCleanup(@() fclose(id)); %#ok<NASGU>
marks = struct('name', found.name, 'video', found.video, 'class_names', {found.class_names}, 'frame', (1:n)', ...
    'labels', values(id, found.places.labels, [n 1], 'int16=>double'), ...
    'probabilities', values(id, found.places.probabilities, [classes n], 'single=>single')', ...
    'reason', values(id, found.places.why, [n 1], 'uint8=>double'), 'reason_names', {found.reason_names}, ...
    'touches', touchColumns(found.touches), 'decision', found.decision, 'frame_rate', numberOr(found.frame_rate), ...
    'files', {found.files}, 'origin', found.origin);
end

function array = values(id, place, shape, type)
fseek(id, place, 'bof');
array = reshape(fread(id, prod(shape), type), shape);
end

function touches = touchColumns(touches)
% Columns, also if there is no touch.
if isempty(touches.onset)
    touches = structfun(@(column) zeros(0, 1), touches, 'UniformOutput', false);
    touches.class_name = cell(0, 1);
else
    touches = structfun(@(column) reshape(column, [], 1), touches, 'UniformOutput', false);
    touches.duration_ms(end + 1:numel(touches.onset), 1) = NaN; % of one touch, the decoder makes [] of null
end
end

function value = numberOr(value)
% NaN for a number that is not known.
if isempty(value)
    value = NaN;
end
end
