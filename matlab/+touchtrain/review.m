function report = review(session, varargin)
% REVIEW  Correct touches that may be wrong, of a session or of a person, in the browser.
%
%   touchtrain.review(SESSION) opens a page in the browser of this computer. It shows the touches and near-touches in
%   the results of touchtrain.curate, the most doubtful first: some frames around each edge as the model saw them, a
%   whole frame, and the probabilities. Keys and buttons say what is right. The function returns when you end the review
%   on the page. Ctrl+C leaves the review open and prints how to end it.
%     SESSION  folder of the results of touchtrain.curate (char or string), or its second output.
%   touchtrain.review(DATASET) and touchtrain.review(VIDEOS, 'Labels', LABELS) review the labels of a person in the same
%   way, without a model: very short or long touches, and small gaps between touches, come first.
%     DATASET  folder of a dataset. It holds frames as a network sees them, so whole frames are not shown.
%     VIDEOS   folder of videos, or a video; LABELS is a file or a variable as in touchtrain.convertVideos.
%   Dataset and label file stay as they are: corrections are written to a folder beside that of the dataset or of the
%   videos, or beside a single video, with _review after its name. touchtrain.corrected takes DATASET or VIDEOS.
%
%   Each correction is written to corrections.jsonl in the folder of the session at once, and what the model said stays.
%   Call touchtrain.review again to go on. touchtrain.corrected writes the labels with corrections, and
%   touchtrain.addCorrections a dataset for the next training.
%
%   touchtrain.review(SESSION, 'Blind', true) shows windows of 30 frames, with up to 10 before them, drawn at random
%   from all recordings, without anything that the model says: mark each touch, or say that there is none. After the
%   last window, it prints how many of all frames of the session are right, and how many count errors there are per
%   touch, with 95 % intervals. The sample and the answers are kept in the folder of the session. Answers are no
%   corrections: touchtrain.corrected does not use them, so that they can judge later models. To train on them all the
%   same, convert the videos with the table of labels that is written beside the answers.
%
%   REPORT = touchtrain.review(...) returns a struct: path; ended ('ended', 'idle' or 'stopped'); events; done, those
%   that need no further look; corrections of this review; and warnings.
%   After a blind look, events are windows, corrections are answers, and blind is a struct: sample, answers and labels
%   (files), seed, windows, left (windows without an answer), figures, remarks and summary (cellstr, what is printed).
%   figures is empty while windows are left. Then it has one element for the labels of the session, one for those with
%   corrections, and one for labels given along, as far as there are such: of, frames, touches, frames_right (0 to 1),
%   frames_right_interval, count_errors_per_touch, count_errors_per_touch_interval.
%
%   ... = touchtrain.review(..., 'Name', value, ...) sets options:
%     'Labels'         labels of a person, a file or a variable as in touchtrain.curate: where they disagree with the
%                      model, or with the labels of a dataset, the event comes first.
%     'LabelVariable'  name of the variable with the labels in a .mat file.
%     'Browser'        true (default) to open the page; its address is printed in any case.
%     'IdleMinutes'    the review ends when nobody has used the page for so long. Default: 30.
%     'Blind'          true for a blind look; labels given along are hidden then, and judged as well. Default: false.
%     'Sample'         windows of a blind look, from 3. Default: 100. More make the intervals shorter.
%     'Seed'           of the sample of a blind look. Default: 0. The same seed and number of windows go on with the
%                      same sample; others make another one.
%     'Verbose'        true (default) to print the address and the summary.
%
%   Only this computer can open the page, and only with the printed address.
%
%   Example
%     [~, session] = touchtrain.curate('model.h5', 'example/videos', 'Output', 'marked');
%     touchtrain.review(session);
%     labels = touchtrain.corrected(session);
%
%   See also touchtrain.corrected, touchtrain.addCorrections, touchtrain.curate, touchtrain.compare, touchtrain.options
touchtrain.internal.options.requireInputs(nargin, 1, 'touchtrain.review(session, ''Name'', value, ...)');
pairs = touchtrain.internal.options.nameValues(varargin, 'review');
folder = touchtrain.internal.curation.sessionFolder(session);
remover = []; %#ok<NASGU>
for k = 1:2:numel(pairs)
    if strcmpi(pairs{k}, 'Labels')
        [pairs{k + 1}, remover] = touchtrain.internal.curation.labelsOption(pairs{k + 1}); %#ok<ASGLU>
    end
end
[report, isVerbose] = touchtrain.internal.jobs.runPassing(pairs, 'review', folder);
if isVerbose
    nouns = {'event', 'correction'};
    if isfield(report, 'blind')
        nouns = {'window', 'answer'};
    end
    touchtrain.internal.values.show('%s: %d of %s looked at, %s.\n', folder, report.done, ...
        touchtrain.internal.values.countText(report.events, nouns{1}), ...
        touchtrain.internal.values.countText(report.corrections, nouns{2}));
    if isfield(report, 'blind')
        touchtrain.internal.values.show('%s\n', report.blind.summary{:});
    end
end
if nargout == 0
    clear('report');
end
end
