function report = review(session, varargin)
% REVIEW  Correct the touches of a session that may be wrong, in the browser.
%
%   touchtrain.review(SESSION) opens a page in the browser of this computer. It shows the touches and near-touches in
%   the results of touchtrain.curate, the most doubtful first: some frames around each edge as the model saw them, a
%   whole frame, and the probabilities. Keys and buttons say what is right. The function returns when you end the review
%   on the page. Ctrl+C leaves the review open and prints how to end it.
%     SESSION  folder of the results of touchtrain.curate (char or string), or its second output.
%
%   Each correction is written to corrections.jsonl in the folder of the session at once, and what the model said stays.
%   Call touchtrain.review again to go on. touchtrain.corrected writes the labels with corrections.
%
%   REPORT = touchtrain.review(...) returns a struct: path; ended ('ended', 'idle' or 'stopped'); events; done, those
%   that need no further look; corrections of this review; and warnings.
%
%   ... = touchtrain.review(..., 'Name', value, ...) sets options:
%     'Labels'         labels of a person, a file or a variable as in touchtrain.curate: where they disagree with the
%                      model, the event comes first.
%     'LabelVariable'  name of the variable with the labels in a .mat file.
%     'Browser'        true (default) to open the page; its address is printed in any case.
%     'IdleMinutes'    the review ends when nobody has used the page for so long. Default: 30.
%     'Verbose'        true (default) to print the address and the summary.
%
%   Only this computer can open the page, and only with the printed address.
%
%   Example
%     [~, session] = touchtrain.curate('model.h5', 'example/videos', 'Output', 'marked');
%     touchtrain.review(session);
%     labels = touchtrain.corrected(session);
%
%   See also touchtrain.corrected, touchtrain.curate, touchtrain.compare, touchtrain.options
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
    touchtrain.internal.values.show('%s: %d of %s looked at, %s.\n', folder, report.done, ...
        touchtrain.internal.values.countText(report.events, 'event'), ...
        touchtrain.internal.values.countText(report.corrections, 'correction'));
end
if nargout == 0
    clear('report');
end
end
