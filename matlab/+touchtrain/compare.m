function report = compare(predicted, reference, varargin)
% COMPARE  Compare marks of a model or labels of a person with labels.
%
%   touchtrain.compare(PREDICTED, REFERENCE) compares labels frame by frame and touch by touch, and prints a table:
%   frames equal, Cohen's kappa, touches found, missed, ghost, merged and split, and the errors of onsets and offsets.
%     PREDICTED  the labels to judge, one of
%                  - the folder of a session of touchtrain.curate, or its output MARKS or SESSION;
%                  - a label file (.mat, .csv, .npy, .h5, .nwb) or a variable, in the forms of touchtrain.convertVideos;
%                  - a dataset folder, or a folder with one label file for each recording.
%                Several of these are a list of files and folders (cellstr or string), or a struct or containers.Map
%                from a name to a file or folder: struct('Anna', 'anna.mat', 'Ben', 'ben.csv'). Then every two are
%                compared.
%     REFERENCE  the labels that count as the truth, such as those of a person, likewise.
%   Recordings are paired by name, by trial number, or in order; those that only one of the two has are listed. Frames
%   that either leaves out (-1, NaN) are not compared. Touches are matched by overlap in time.
%
%   REPORT = touchtrain.compare(...) returns a struct and prints nothing:
%     frames, equal (share), kappa, f1, confusion (rows: reference), errors_per_touch
%     events     figures by class: touches, found, missed, ghosts, merged, split, onset_error, offset_error. An error
%                has frames and ms, each with median and percentile_95 (of the absolute error) and mean (above 0 is
%                late). events_list(k).name holds names that no field can have.
%     pairs      struct array, one element per pair of sources: predicted and reference (their names), the same
%                figures, recordings (the same by recording), tags (by tag), disagreements (the worst frames, counted
%                from 1), and alone (recordings of one source only)
%     summary    cell array: the lines that are printed
%     warnings, means, sources; with Output also output, page, picture and sheet (paths)
%
%   ... = touchtrain.compare(..., 'Name', value, ...) sets options (touchtrain.options('compare') lists all):
%     'Output'        folder for a page (comparison.html), pictures (traces.png, disagreements.png) and the figures
%                     (comparison.json, with frames counted from 0). An earlier comparison there is replaced.
%     'Videos'        videos of the recordings: a folder, a file, or a list; for labels in seconds or bouts without a
%                     number of frames, and to show frames. Default: those that the results of touchtrain.curate name.
%     'Pairing', 'TrialPattern'   how recordings are paired, as in touchtrain.convertVideos
%     'OnUnpaired'    'skip' (default): list recordings that only one source has; or 'error'.
%     'OnLength'      'error' (default) if two sources have different numbers of frames of a recording; or 'shorter':
%                     compare the frames that both have.
%     'ClassNames', 'LabelValues', 'LabelVariable'   how label files are read, as in touchtrain.convertVideos
%     'FrameRate'     frames per second of the camera, for errors in ms. Default: as in the results or videos.
%     'Tags'          CSV file with a column video and one column per tag, such as camera or animal.
%     'Examples'      number of frames with the worst disagreements, default 24.
%     'Verbose'       true (default) to show progress.
%
%   Example
%     truth = {[0 0 0 1 1 1 0 0]};
%     marked = {[0 0 0 0 1 1 1 0]};
%     report = touchtrain.compare(marked, truth);
%     disp(report.events.Touch.onset_error.frames.median);
%
%   See also touchtrain.curate, touchtrain.redecide, touchtrain.convertVideos, touchtrain.options
touchtrain.internal.options.requireInputs(nargin, 2, ...
    'touchtrain.compare(predicted, reference, ''Name'', value, ...)');
pairs = pathOptions(touchtrain.internal.options.nameValues(varargin, 'compare'));
[predicted, saved] = sourceJson(predicted, 'predicted', {});
[reference, saved] = sourceJson(reference, 'reference', saved);
guard = onCleanup(@() removeSaved(saved)); %#ok<NASGU>
report = touchtrain.internal.jobs.runPassing(pairs, 'compare', predicted, reference);
report = touchtrain.internal.curation.comparisonLists(report);
if nargout == 0
    touchtrain.internal.values.show('%s\n', report.summary{:});
    clear('report');
end
end

function pairs = pathOptions(pairs)
% Make the paths in options absolute.
for k = 1:2:numel(pairs)
    isFile = any(strcmpi(pairs{k}, {'Output', 'Videos', 'Tags'}));
    if isFile && touchtrain.internal.values.isBlank(pairs{k + 1})
        pairs{k + 1} = [];
    elseif isFile && ~isstruct(pairs{k + 1}) % tags can be a struct
        pairs{k + 1} = touchtrain.internal.values.absolutePaths(pairs{k + 1}, pairs{k}, ...
            'a file, a folder, or a list of these');
    end
end
end

function [text, saved] = sourceJson(value, side, saved)
% JSON of the sources on one side: a path, a list of paths, or an object from name to path. SAVED is extended by the
% files that were written to pass variables.
if isstruct(value) && numel(value) == 1 && all(isfield(value, {'path', 'done', 'failed'})) % SESSION of curate
    value = value.path;
end
if touchtrain.internal.values.isText(value)
    text = jsonencode(touchtrain.internal.values.absolutePath(value, side));
elseif isPaths(value)
    text = jsonencode(touchtrain.internal.values.absolutePaths(value, side, 'labels, or files with labels'));
elseif isSources(value)
    [names, values] = namesAndValues(value);
    parts = cellfun(@(name, path) [jsonencode(name) ':' ...
        jsonencode(touchtrain.internal.values.absolutePath(path, [side ' ' name]))], names, values, ...
        'UniformOutput', false);
    text = ['{' strjoin(parts, ',') '}'];
else
    saved{end + 1} = savedSource(value, side);
    text = jsonencode(saved{end});
end
end

function tf = isPaths(value)
% Whether a list of texts names files or folders, and not classes.
names = touchtrain.internal.data.labelNames(value);
distinct = unique(names);
isThere = cellfun(@(path) isfile(path) || isfolder(path), reshape(distinct, 1, []));
isName = cellfun(@isempty, regexp(reshape(distinct, 1, []), '[./\\]', 'once'));
tf = any(isThere & ~isName) || any(isThere) && numel(distinct) == numel(names);
end

function tf = isSources(value)
% Whether a struct or a map holds one file or folder per name.
tf = isstruct(value) && numel(value) == 1 || isa(value, 'containers.Map');
if tf
    [~, values] = namesAndValues(value);
    isPath = cellfun(@touchtrain.internal.values.isText, values);
    tf = any(isPath) && all(isPath | touchtrain.internal.values.isMissing(values)) && ...
        (~isstruct(value) || ~any(isfield(value, {'labels', 'label'})));
end
end

function [names, values] = namesAndValues(value)
if isstruct(value)
    names = reshape(fieldnames(value), 1, []);
    values = reshape(struct2cell(value), 1, []);
else
    names = cellfun(@char, value.keys(), 'UniformOutput', false);
    values = value.values();
end
end

function file = savedSource(value, side)
% Path of a temporary file with labels that are a variable.
if touchtrain.internal.values.isBlank(value)
    error('TouchTrain:BadLabels', '%s is empty. Expected labels, or files with labels.', side);
end
touchtrain.internal.data.requireLabels(value, side);
if isa(value, 'containers.Map')
    [names, values] = namesAndValues(value);
    value = struct('video', names, 'labels', values);
elseif ~isstruct(value) && ~isa(value, 'table') && ~isa(value, 'timetable') && ...
        ~(iscell(value) && any(cellfun(@isstruct, value(:))))
    value = touchtrain.internal.data.labelsForPython(value, 0);
end
folder = tempname();
mkdir(folder);
file = fullfile(folder, [side '.mat']);
labels = touchtrain.internal.values.onHost(value); %#ok<NASGU>
save(file, 'labels', '-v7');
end

function removeSaved(files)
for k = 1:numel(files)
    if isfile(files{k})
        touchtrain.internal.values.removeFile(files{k});
        rmdir(fileparts(files{k}));
    end
end
end
