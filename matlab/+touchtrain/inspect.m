function record = inspect(path, varargin)
% INSPECT  Show what a dataset, model, label file, video, session or job contains.
%
%   touchtrain.inspect(PATH) prints a summary that fits on one screen. PATH (char or string) is a dataset folder, a
%   model (.h5, .keras, .onnx), a label file (.mat, .csv, .npy, or .h5 of WhACC), a video, the folder of the results of
%   touchtrain.curate, or the folder of a job that runs or has ended.
%   RECORD = touchtrain.inspect(PATH) returns a struct. RECORD.kind is 'dataset', 'model', 'labels', 'video', 'session',
%   'job' or 'probabilities' (an .npy file of touchtrain.curate). For labels, recordings(k).by is 'a model' if a model
%   wrote them and nobody has changed them. For a contact array, contacts.rules(k) has the rules by which a program made
%   contactInds from touchConfidence, with the number of trials that each fits, contacts.of_a_program and
%   contacts.not_judged the numbers of trials that touchtrain.writeContacts writes anew, and contacts.left_to_people the
%   cells of all others, by reason.
%   A field whose own fields are names that you chose, such as counts (by class name), has a list beside it:
%   counts_list(k).name and .value. A struct cannot hold every name: 'A-B' and 'A+B' become one field.
%   For a model it has the field facts, what happens to frames before the network sees them, as text: classes, roi,
%   center, contrast, decision, ...; if the file does not say it, not_described has the call of touchtrain.describe.
%   For a job it has the fields state, progress, makes (the output path) and error (identifier, text, log, traceback
%   of a failed job). If the job ended successfully it also has report and, for a training, history.
%
%   ... = touchtrain.inspect(LABELFILE, 'LabelVariable', NAME) reads the variable NAME of a label file that has several.
%
%   touchtrain.inspect(PATH, 'All', true) prints all entries, such as every recording of a long session.
%
%   Example
%     model = touchtrain.inspect('model.h5');
%     disp(model.class_names);
%
%   See also touchtrain.convertVideos, touchtrain.convertArrays, touchtrain.train, touchtrain.resume
touchtrain.internal.options.requireInputs(nargin, 1, 'touchtrain.inspect(path, ''Name'', value, ...)');
pairs = touchtrain.internal.options.nameValues(varargin, 'inspect');
found = touchtrain.internal.python.askPython('inspect', touchtrain.internal.values.absolutePath(path, 'path'), ...
    touchtrain.internal.options.optionsJson(pairs));
if nargout > 0
    record = found;
    if strcmp(found.kind, 'job') && any(strcmp(found.state, {'done', 'stopped'}))
        result = touchtrain.internal.jobs.jobResult(found.path);
        record.report = result.report;
        if isfield(result, 'history')
            record.history = result.history;
        end
    end
    return
end
whole = touchtrain.internal.options.isOn(pairs, 'All', false);
switch found.kind
    case 'dataset'
        touchtrain.internal.data.printDataset(found);
        printOptions(found.made_with);
        printRecordings(found, whole);
    case 'job'
        printWholeJob(found.path);
    case 'labels'
        printLabels(found, whole);
    case 'probabilities'
        touchtrain.internal.values.show('Probabilities %s\n  in all          %s, %d classes, by a model\n', ...
            found.path, touchtrain.internal.values.countText(found.frames, 'frame'), found.classes);
    case 'session'
        printSession(found, whole);
    case 'video'
        printVideo(found);
    otherwise
        printModel(found);
end
end

function printWholeJob(folder)
status = touchtrain.internal.python.askPython('job_status', folder);
touchtrain.internal.jobs.printJob(status);
if any(strcmp(status.state, {'done', 'stopped'}))
    result = touchtrain.internal.jobs.jobResult(folder);
    if isfield(result, 'summary')
        touchtrain.internal.values.show('%s\n', result.summary{:});
    else
        touchtrain.internal.jobs.printReport(result.report, status.makes);
    end
end
end

function printOptions(options)
% Print the options that a dataset was made with.
if ~isempty(options) && ~isempty(fieldnames(options))
    rows = cellfun(@(name, text) [name ' ' text], fieldnames(options), struct2cell(options), 'UniformOutput', false);
    touchtrain.internal.values.show('  made with: %s\n', touchtrain.internal.values.firstNames(rows'));
end
end

function printRecordings(dataset, whole)
% Print the first and last recordings of a dataset, or all.
recordings = dataset.recordings;
first = 8;
last = 2;
n = numel(recordings);
for k = 1:n
    left = n - first - last;
    if ~whole && left > 1 && k > first && k <= n - last
        if k == first + 1
            touchtrain.internal.values.show('  ... and %d more: touchtrain.inspect(path, ''All'', true)\n', left);
        end
        continue
    end
    one = recordings(k);
    counts = touchtrain.internal.values.namedTexts(one.counts_list, '%s %d');
    touchtrain.internal.values.show('  %-24s %s: %s%s\n', one.name, ...
        touchtrain.internal.values.countText(one.frames, 'frame'), ...
        touchtrain.internal.values.firstNames(counts), correctionsOf(dataset, one.name));
end
end

function text = correctionsOf(dataset, name)
% The review that the labels of a recording come from, in words; '' for any other recording.
text = '';
if isfield(dataset, 'corrections') && any(strcmp({dataset.corrections.recording}, name))
    found = dataset.corrections(strcmp({dataset.corrections.recording}, name));
    text = sprintf('; reviewed in %s: %d confirmed, %d corrected', found.session, found.confirmed, found.corrected);
    if ~isempty(found.model)
        text = sprintf('%s, %d of the model %s', text, found.machine, found.model);
    end
end
end

function printLabels(labels, whole)
mostShown = 20;
if whole
    mostShown = numel(labels.recordings);
end
touchtrain.internal.values.show('Labels %s\n', labels.path);
touchtrain.internal.values.show('  form            %s', labels.form);
if ~isempty(labels.variable)
    touchtrain.internal.values.show(', in the variable %s', labels.variable);
end
touchtrain.internal.values.show('\n  in all          %s: %s\n', ...
    touchtrain.internal.values.countText(labels.frames, 'frame'), ...
    countsText(labels.counts_list));
for k = 1:min(mostShown, numel(labels.recordings))
    one = labels.recordings(k);
    note = '';
    if ~isempty(one.left_out)
        note = ['; left out: ' one.left_out];
    elseif ~isempty(one.by)
        note = ['; by ' one.by];
    end
    touchtrain.internal.values.show('  %-15s %s: %s; %s%s\n', ['video ' one.name], ...
        touchtrain.internal.values.countText(one.frames, 'frame'), ...
        countsText(one.counts_list), touchtrain.internal.values.countText(one.bouts, 'bout'), note);
end
if numel(labels.recordings) > mostShown
    touchtrain.internal.values.show('  ... and %d more: touchtrain.inspect(path, ''All'', true)\n', ...
        numel(labels.recordings) - mostShown);
end
if isfield(labels, 'contacts')
    printContacts(labels.contacts);
end
for k = 1:numel(labels.odd)
    touchtrain.internal.values.show('  warning         %s\n', labels.odd{k});
end
for other = labels.other_variables_list
    touchtrain.internal.values.show('  also there      %s: %s\n', other.name, other.value);
end
end

function printContacts(contacts)
% Print by which rules a program wrote the trials of a contact array, and which trials are left to people.
trials = @(n) touchtrain.internal.values.countText(n, 'trial');
for k = 1:numel(contacts.rules)
    one = contacts.rules(k);
    touchtrain.internal.values.show('  %-15s %s: %s\n', 'rule', one.rule, trials(one.trials));
end
fprintf('  of a program    %s of %d, not judged yet %d\n', trials(contacts.of_a_program), contacts.trials, ...
    contacts.not_judged);
for k = 1:numel(contacts.left_to_people)
    one = contacts.left_to_people(k);
    cells = arrayfun(@(cell) sprintf('%d', cell), reshape(one.cells, 1, []), 'UniformOutput', false);
    touchtrain.internal.values.show('  %-15s %s: %s, cell %s\n', 'left to people', one.reason, trials(one.trials), ...
        touchtrain.internal.values.firstNames(cells));
end
end

function text = countsText(counts)
% Number of frames with each label: '0 120 times, 1 80 times'.
parts = arrayfun(@(one) sprintf('%s %s', one.name, touchtrain.internal.values.countText(one.value, 'time')), ...
    reshape(counts, 1, []), 'UniformOutput', false);
text = strjoin(parts, ', ');
end

function printSession(session, whole)
mostShown = 20;
if whole
    mostShown = numel(session.videos);
end
touchtrain.internal.values.show('Session %s\n', session.path);
touchtrain.internal.values.show('  model           %s\n', session.model);
fprintf('  marked          %s, %s, touches: %d\n', touchtrain.internal.values.countText(session.done, 'video'), ...
    touchtrain.internal.values.countText(session.frames, 'frame'), session.touches);
for decision = session.decisions
    if ~isempty(decision.threshold)
        touchtrain.internal.values.show('  decision        %s from a probability of %g, for at least %s\n', ...
            decision.event_class, decision.threshold, ...
            touchtrain.internal.values.countText(decision.min_duration, 'frame'));
    end
end
for one = session.videos(1:min(mostShown, end))
    about = 'failed';
    if strcmp(one.state, 'done')
        about = sprintf('%s, touches: %d', touchtrain.internal.values.countText(one.frames, 'frame'), one.touches);
    end
    touchtrain.internal.values.show('  %-15s %s\n', ['video ' one.name], about);
end
if numel(session.videos) > mostShown
    touchtrain.internal.values.show('  ... and %d more: touchtrain.inspect(path, ''All'', true)\n', ...
        numel(session.videos) - mostShown);
end
for failure = session.failures
    touchtrain.internal.values.show('  failed          %s: %s\n', failure.name, failure.why);
end
for k = 1:numel(session.changed)
    touchtrain.internal.values.show('  changed         %s, by a person\n', session.changed{k});
end
if ~session.ended
    fprintf('  The last run was interrupted. The same call of touchtrain.curate resumes it.\n');
end
touchtrain.internal.jobs.printWarnings(session);
end

function printVideo(video)
touchtrain.internal.values.show('Video %s\n', video.path);
fprintf('  frames          %d of %d x %d pixels (height x width)\n', video.frames, video.height, video.width);
if ~isempty(video.frames_per_second)
    touchtrain.internal.values.show('  frames/s        %g when played, %.1f s\n', video.frames_per_second, ...
        video.seconds);
end
touchtrain.internal.values.show('  stored as       %s, %s, %.1f MB\n', video.codec, video.pixel_format, ...
    video.bytes / 1e6);
end

function printModel(model)
touchtrain.internal.values.show('Model %s\n', model.path);
if isfield(model, 'written_by') && ~isempty(model.written_by)
    touchtrain.internal.values.show('  written by      %s\n', model.written_by);
end
if isfield(model, 'facts') && ~isempty(model.facts) && ~isempty(fieldnames(model.facts))
    printFacts(model.facts);
else
    touchtrain.internal.values.show('  frames          %s (height, width, channels)\n', mat2str(model.image_shape));
    touchtrain.internal.values.show('  classes         %d\n', model.classes);
end
touchtrain.internal.values.show('  parameters      %d in %d layers\n', model.parameters, model.layers);
if isfield(model, 'not_described') && ~isempty(model.not_described)
    touchtrain.internal.values.show('%s\n', model.not_described);
end
if isfield(model, 'metadata') && isfield(model.metadata, 'metrics') && isfield(model.metadata.metrics, 'validation')
    about = model.metadata;
    fprintf('  trained on      %s of %s\n', ...
        touchtrain.internal.values.countText(about.split.training.frames, 'frame'), ...
        touchtrain.internal.values.countText(about.split.training.recordings, 'recording'));
    touchtrain.internal.values.show('  best epoch      %d\n', about.best_epoch);
    touchtrain.internal.values.show('  validation      accuracy %.3f on %s\n', about.metrics.validation.accuracy, ...
        touchtrain.internal.values.countText(about.metrics.validation.frames, 'frame'));
end
end

function printFacts(facts)
% Print what a model says of its frames.
names = fieldnames(facts);
for k = 1:numel(names)
    touchtrain.internal.values.show('  %-15s %s\n', strrep(names{k}, '_', ' '), facts.(names{k}));
end
end
