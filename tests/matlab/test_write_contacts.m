function test_write_contacts()
% A contact array comes back from MATLAB with the touches of a session, and with nothing of anybody's lost.
tiny_files('contacts', 'lab');
cd('lab');
before = load('contacts.mat');
differences();
nothingToChange(before);
someToChange(before);
newArray();
oddTrials();
named();
kept(before);
oddFolder(before);
faults(before);
end

function differences()
% What a comparison finds, and where.
value = {1:3, struct('a', {{'x', single([1 NaN])}}, 'b', true), @sin, zeros(0, 1)};
place = @(other) touchtrain.internal.contacts.firstDifference(other, value, 'v');
expect_equal(place(value), '');
others = {{1, [1 2 4], 'v{1}'}, {1, single(1:3), 'v{1}'}, {1, (1:3)', 'v{1}'}, {3, @cos, 'v{3}'}, {4, [], 'v{4}'}, ...
    {2, struct('b', true, 'a', {{'x', single([1 NaN])}}), 'v{2}'}, {2, struct('a', {{'x', [1 NaN]}}, 'b', true), ...
    'v{2}.a{2}'}, {2, struct('a', {{'y', single([1 NaN])}}, 'b', true), 'v{2}.a{1}'}, ...
    {2, struct('a', {{'x', single([1 NaN])}}, 'b', 1), 'v{2}.b'}};
for k = 1:numel(others)
    changed = value;
    changed{others{k}{1}} = others{k}{2};
    expect_equal(place(changed), others{k}{3});
end
end

function nothingToChange(before)
[contacts, report] = touchtrain.writeContacts('same', before.contacts, before.params, 'Verbose', false);
expect_equal([report.written report.changed numel(report.left)], [3 0 409]);
expect_equal(report.path, fullfile(pwd(), 'same_contacts.mat'));
after = load(report.path);
expect_equal(after.params, before.params);
expect_same(after.contacts, before.contacts);
expect_same(contacts, before.contacts);
end

function someToChange(before)
% As Python writes it: the same values, classes and sizes. Scripts of the lab find the touches of the session.
contacts = [];
text = evalc('contacts = touchtrain.writeContacts(''other'', ''contacts.mat'', ''Output'', ''file'');');
expect_has(text, {fullfile(pwd(), 'file.mat'), fullfile(pwd(), 'contacts.mat'), '412', '408'});
python = load('python.mat');
after = load('file.mat');
expect_equal(sort(fieldnames(after)), {'contacts'; 'params'});
expect_equal(after.params, python.params);
expect_same(after.contacts, python.contacts);
expect_same(contacts, python.contacts);
changed = find(~cellfun(@isequal, contacts, before.contacts));
expect_equal(changed, [1 2 301 302]);
marks = touchtrain.internal.curation.readMarks(fullfile(pwd(), 'other'), {'trial1', 'trial2', 'trial300', 'trial301'});
for k = 1:4
    trial = contacts{changed(k)};
    expect_equal(trial.contactInds{1}, marks(k).frame(marks(k).labels == 1)');
    expect_equal(trial.touchConfidence, double(marks(k).probabilities(:, 2))');
    isTouch = ismember(0:numel(trial.prepross) + 1, trial.contactInds{1});
    expect_equal(find(diff(isTouch) == 1)', marks(k).touches.onset);
end
end

function newArray()
same = struct('path', fullfile(pwd(), 'same'));
[contacts, report] = touchtrain.writeContacts(same, 'Output', 'new.mat', 'Verbose', false);
expect_equal([numel(contacts), report.n_trials], [301 3]);
expect_equal(contacts{3}, []);
expect_equal(contacts{300}.trialNum, 300);
after = load('new.mat');
expect_equal(after.contacts, contacts);
end

function oddTrials()
% A trial of 20 frames of which the video has 23, one that was skipped, nothing, and one per whisker, with more samples
% than its video has frames: the times of an array of trials say which belong to which.
times = [0:23 NaN(1, 6)] / 500;
odd = {struct('contactInds', {{zeros(1, 0)}}, 'note', 'dim', 'prepross', 2 * ones(1, 20), 'touchConfidence', ...
    zeros(1, 20), 'trialNum', 300, 'M0combo', {{1:20}}), ...
    struct('contactInds', {{'Skipped'}}, 'trialNum', 1), [], ...
    struct('contactInds', {{uint16([3 4])}}, 'prepross', uint8(2 * ones(1, 30)), 'touchConfidence', ...
    [0 0 0.9 0.9 0.1 * ones(1, 26)], 'segmentInds', {{[3 4]; zeros(0, 2)}}, 'mine', {{1 + 2i, single(3)}}, ...
    'trialNum', uint16(301))}';
T = struct('trials', {{struct('trialNum', 301, 'whiskerTrial', struct('time', {{times, times}})), []}});
[contacts, report] = touchtrain.writeContacts('other', odd, 'Output', 'odd.mat', 'FrameMap', T, 'Verbose', false);
expect_equal(size(contacts), [4 1]);
expect_equal(contacts{3}, []);
expect_equal(fieldnames(contacts{1}), {'contactInds'; 'note'; 'prepross'; 'touchConfidence'; 'trialNum'});
expect_equal(report.removed.fields, {'M0combo'});
expect_equal(numel(contacts{1}.prepross), 20);
assert(any(~cellfun(@isempty, strfind(report.warnings, '3 frames'))));
expect_equal(contacts{4}.prepross(23:30), [2 2 -1 -1 -1 -1 -1 -1]);
expect_equal(contacts{4}.mine, odd{4}.mine);
expect_equal(size(contacts{4}.segmentInds), [2 1]);
expect_equal(contacts{4}.segmentInds{2}, zeros(0, 2));
expect_equal(class(contacts{4}.contactInds{1}), 'double');
runs = contacts{4}.segmentInds{1};
assert(all(ismember(runs(:)', contacts{4}.contactInds{1})));
assert(all(arrayfun(@(k) any(runs(:, 1) <= k & k <= runs(:, 2)), contacts{4}.contactInds{1})));
expect_equal(load('odd.mat'), struct('contacts', {contacts}));
end

function oddFolder(before)
% A folder whose name a shell or a pattern would read as something else.
folder = fullfile(pwd(), 'it''s [1] $HOME 50%');
mkdir(folder);
[~, report] = touchtrain.writeContacts('same', before.contacts, 'Output', fullfile(folder, 'a.mat'), 'Verbose', false);
expect_equal(report.path, fullfile(folder, 'a.mat'));
after = load(fullfile(folder, 'a.mat'));
expect_same(after.contacts, before.contacts);
inside = {'.', '..', 'a.mat'};
found = arrayfun(@(one) one.name, dir(folder), 'UniformOutput', false);
expect_equal(sort(reshape(found, 1, [])), inside);
end

function named()
% A trial finds its video by name, in a cell, too, before its number.
trial = struct('contactInds', {{zeros(1, 0)}}, 'trialNum', 300, 'videoName', {{'trial1.mp4'}});
[~, report] = touchtrain.writeContacts('other', {trial}, 'Output', 'named.mat', 'OverwriteManual', 300, ...
    'Verbose', false);
expect_equal({report.pairing, report.changed}, {'name', 1});
end

function kept(before)
% What only MATLAB can hold: objects, function handles and files of version 7.3 come back there.
files = dir('*.mat');
contacts = before.contacts(1:2);
contacts{2}.mine = containers.Map('a', 1);
if touchtrain.internal.values.isOctave()
    warnings = warning('off', 'all');
    restoring = onCleanup(@() warning(warnings));
    file = fullfile(pwd(), 'object.mat');
    expect_error('TouchTrain:NotWritable', @() touchtrain.internal.contacts.saveNew(file, ...
        struct('contacts', {contacts}), false), 'contacts{2}.mine');
    after = dir('*.mat');
    expect_equal({after.name}, {files.name});
    return
end
after = touchtrain.writeContacts('other', contacts, 'Output', 'object.mat', 'Verbose', false);
expect_equal(after{2}.mine.keys(), {'a'});
contacts{2}.mine = @(x) x + 1;
save('large.mat', 'contacts', '-v7.3');
touchtrain.writeContacts('other', 'large.mat', 'Output', 'large2.mat', 'Verbose', false);
id = fopen('large2.mat', 'r');
head = fread(id, 10, '*char')';
fclose(id);
expect_equal(head, 'MATLAB 7.3');
after = load('large2.mat');
expect_equal(func2str(after.contacts{2}.mine), func2str(contacts{2}.mine));
end

function faults(before)
files = dir('*.mat');
contacts = before.contacts(1:3);
bad = @(id, given, varargin) expect_error(id, @() touchtrain.writeContacts(given{:}), varargin{:});
bad('TouchTrain:BadOption', {}, 'touchtrain.writeContacts(session');
bad('TouchTrain:NotWritable', {'same', contacts, 'Output', 'python.mat'}, fullfile(pwd(), 'python.mat'));
bad('TouchTrain:BadLabels', {'same', 3}, 'contactInds', 'double');
bad('TouchTrain:BadOption', {'same', {}, before.params}, 'params');
bad('TouchTrain:BadOption', {'same', 'contacts.mat', before.params}, 'params');
bad('TouchTrain:PathMissing', {'same', 'none.mat'}, fullfile(pwd(), 'none.mat'));
bad('TouchTrain:BadLabels', {'same', 'contacts.mat', 'LabelVariable', 'params'}, 'params');
bad('TouchTrain:BadLabels', {'same', 'contacts.mat', 'LabelVariable', 'contcts'}, 'contcts', 'contacts, params');
bad('TouchTrain:UnknownOption', {'same', contacts, 'Outptu', 'x.mat'}, 'Output');
bad('TouchTrain:UnknownOption', {'same', contacts, before.params, 'Outptu', 'x.mat'}, 'Output');
bad('TouchTrain:PathMissing', {'nothing', contacts}, fullfile(pwd(), 'nothing'));
bad('TouchTrain:BadOption', {'same', contacts, 'FrameMap', struct('trialNum', 1)}, 'FrameMap', 'struct');
bad('TouchTrain:BadOption', {'same', contacts, 'ContactClass', 'Tuch', 'Output', 'x.mat'}, 'ContactClass', 'Touch');
contacts{2}.prepross = contacts{2}.prepross * 1i;
contacts{3}.touchConfidence = struct();
bad('TouchTrain:BadLabels', {'same', contacts, 'Output', 'x.mat'}, 'contacts{2}.prepross', 'complex', ...
    'contacts{3}.touchConfidence', 'struct');
after = dir('*.mat');
expect_equal({after.name}, {files.name});
end

function expect_same(contacts, expected)
% All cells are equal in value, class, size and order of fields.
expect_equal(numel(contacts), 422);
assert(isequal(contacts, expected));
expect_equal(touchtrain.internal.contacts.firstDifference(contacts, expected, 'contacts'), '');
end
