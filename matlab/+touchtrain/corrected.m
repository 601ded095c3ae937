function [labels, report] = corrected(session, varargin)
% CORRECTED  Write the labels of a session with the corrections of a person, and return them.
%
%   touchtrain.corrected(SESSION) writes the labels of the recordings that a person looked at in touchtrain.review, as
%   NAME.mat and NAME.csv in a folder beside the session, with _corrected after its name, and corrected.csv, a table of
%   all. They are the labels of a person: touchtrain.convertVideos takes LABELS, or corrected.csv. Frames that nobody
%   looked at have the label of the model, and a warning says how many those are.
%     SESSION  folder of the results of touchtrain.curate (char or string), or its second output.
%
%   LABELS = touchtrain.corrected(...) returns a struct array, one element per recording:
%     recording        its name.
%     video            path of the video.
%     frame            n x 1 double, number of each frame, counted from 1.
%     labels           n x 1 double, index in class_names counted from 0; -1 for a frame that is left out.
%     class_names      1 x c cell.
%     origin_of_label  n x 1 double, index in origin_names counted from 0.
%     origin_names     {'machine', 'confirmed by a person', 'corrected by a person'}.
%   [LABELS, REPORT] = touchtrain.corrected(...) returns also a struct: path, table (corrected.csv), session,
%   class_names, names, videos, files, frames, confirmed and corrected (numbers of frames), not_reviewed (recordings
%   that nobody looked at) and warnings.
%
%   ... = touchtrain.corrected(..., 'Name', value, ...) sets options:
%     'Output'   folder to write: a new or empty one, or that of an earlier call.
%     'Frames'   'all' (default), or 'reviewed': frames that nobody looked at are left out.
%     'Formats'  formats of the labels: {'mat', 'csv'} (default), 'mat' or 'csv'. LABELS needs 'mat'.
%     'Verbose'  true (default) to print a summary.
%
%   Example
%     touchtrain.review('marked');
%     labels = touchtrain.corrected('marked', 'Frames', 'reviewed');
%     disp(nnz(labels(1).origin_of_label == 2));
%
%   See also touchtrain.review, touchtrain.curate, touchtrain.convertVideos, touchtrain.options
touchtrain.internal.options.requireInputs(nargin, 1, 'touchtrain.corrected(session, ''Name'', value, ...)');
pairs = touchtrain.internal.options.nameValues(varargin, 'corrected');
folder = touchtrain.internal.curation.sessionFolder(session);
for k = 1:2:numel(pairs)
    if strcmpi(pairs{k}, 'Output')
        pairs{k + 1} = touchtrain.internal.options.optionalPath(pairs{k + 1}, pairs{k});
    end
end
report = touchtrain.internal.python.askPython('do_job', 'corrected', folder, ...
    touchtrain.internal.options.optionsJson(pairs));
if touchtrain.internal.options.isOn(pairs, 'Verbose', true)
    touchtrain.internal.values.show('%s in %s: a person confirmed %s and corrected %s.\n', ...
        touchtrain.internal.values.countText(numel(report.names), 'recording'), report.path, ...
        touchtrain.internal.values.countText(report.confirmed, 'frame'), ...
        touchtrain.internal.values.countText(report.corrected, 'frame'));
    touchtrain.internal.jobs.printWarnings(report);
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
