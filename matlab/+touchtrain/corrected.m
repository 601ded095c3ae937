function [labels, report] = corrected(session, varargin)
% CORRECTED  Write the labels of a session with the corrections of a person, and return them.
%
%   touchtrain.corrected(SESSION) writes the labels of the recordings that a person looked at in touchtrain.review, as
%   NAME.mat and NAME.csv in a folder beside the session, with _corrected after its name, and corrected.csv, a table of
%   all. They are the labels of a person: touchtrain.convertVideos takes LABELS, or corrected.csv. Frames that nobody
%   looked at have the label of the model, and a warning says how many those are.
%     SESSION  folder of the results of touchtrain.curate (char or string), or its second output; or what else was
%              reviewed, see touchtrain.review.
%
%   LABELS = touchtrain.corrected(...) returns a struct array, one element per recording:
%     recording        its name.
%     video            path of the video.
%     frame            n x 1 double, number of each frame, counted from 1.
%     labels           n x 1 double, index in class_names counted from 0; -1 for a frame that is left out.
%     class_names      1 x c cell.
%     origin_of_label  n x 1 double, index in origin_names counted from 0.
%     origin_names     {'machine', 'confirmed by a person', 'corrected by a person', 'given'}; given are labels of a
%                      person that were reviewed without a model, where nobody looked at them.
%   [LABELS, REPORT] = touchtrain.corrected(...) returns also a struct: path, table (corrected.csv), session,
%   class_names, names, videos, files, frames, confirmed and corrected (numbers of frames), not_reviewed (recordings
%   that nobody looked at), contacts (what touchtrain.writeContacts returns of a contact array, or []) and warnings.
%
%   ... = touchtrain.corrected(..., 'Name', value, ...) sets options; touchtrain.options('corrected') lists all:
%     'Output'        folder to write: a new or empty one, or that of an earlier call.
%     'Frames'        'all' (default), or 'reviewed': frames that nobody looked at are left out.
%     'Formats'       formats of the labels: 'mat', 'csv', those for other programs as in touchtrain.curate, and
%                     'contacts', a new contact array. Default: {'mat', 'csv'}. LABELS needs 'mat'.
%     'ContactArray'  a contact array, as a cell array or a .mat file: a copy of it gets the labels. It is written
%                     beside the folder, with _contacts after its name.
%     'ContactClass', 'OverwriteManual', 'FrameMap', 'Pairing', 'TrialPattern'   as in touchtrain.writeContacts
%     'Verbose'       true (default) to print a summary.
%
%   In a contact array, trials of recordings that a person looked at are marked as a person's: originOfLabel has for
%   each sample 0 (machine), 1 (confirmed) or 2 (corrected); manualAdd and manualDel hold the touches that only the
%   person, or only the machine, found. touchtrain.writeContacts leaves such trials as they are. Trials of recordings
%   that nobody looked at are the machine's, or stay as they are with 'Frames', 'reviewed'.
%
%   Example
%     touchtrain.review('marked');
%     labels = touchtrain.corrected('marked', 'Frames', 'reviewed');
%     disp(nnz(labels(1).origin_of_label == 2));
%
%   See also touchtrain.review, touchtrain.addCorrections, touchtrain.convertVideos, touchtrain.options
touchtrain.internal.options.requireInputs(nargin, 1, 'touchtrain.corrected(session, ''Name'', value, ...)');
pairs = touchtrain.internal.options.nameValues(varargin, 'corrected');
folder = touchtrain.internal.curation.sessionFolder(session);
source = touchtrain.internal.contacts.readSource( ...
    touchtrain.internal.options.optionValue(pairs, 'ContactArray', []), {}, ...
    touchtrain.internal.options.optionValue(pairs, 'LabelVariable', []));
pairs = pairs(~kron(strcmpi(pairs(1:2:end), 'ContactArray'), [1 1]));
[~, contacts, report] = touchtrain.internal.contacts.writeNew(folder, source, pairs, 'corrected');
page = {};
if ~isempty(contacts)
    page = contacts.page;
    report.contacts = rmfield(contacts, 'page');
end
if touchtrain.internal.options.isOn(pairs, 'Verbose', true)
    touchtrain.internal.values.show('%s in %s: a person confirmed %s and corrected %s.\n', ...
        touchtrain.internal.values.countText(numel(report.names), 'recording'), report.path, ...
        touchtrain.internal.values.countText(report.confirmed, 'frame'), ...
        touchtrain.internal.values.countText(report.corrected, 'frame'));
    touchtrain.internal.jobs.printWarnings(report);
    if ~isempty(page)
        touchtrain.internal.values.show('%s\n', page{:});
    end
end
if nargout == 0
    clear('report');
    return
end
empty = cell(1, 0);
labels = struct('recording', empty, 'video', empty, 'frame', empty, 'labels', empty, 'class_names', empty, ...
    'origin_of_label', empty, 'origin_names', empty);
for k = numel(report.names):-1:1
    file = fullfile(report.path, [report.names{k} '.mat']);
    if ~isfile(file)
        touchtrain.internal.values.fail('TouchTrain:BadOption', ...
            'Labels are returned from files with the format mat, which is not among the Formats. Add ''mat''.');
    end
    labels(k) = orderfields(load(file), labels);
end
end
