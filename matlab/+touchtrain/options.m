function list = options(command)
% OPTIONS  List all options and their defaults.
%
%   touchtrain.options prints the name, default and description of each option of touchtrain.convertVideos,
%   convertFolders, convertArrays, convertNumpy, convertTfrecords, train, tune, previewAugmentation, curate, redecide
%   and compare.
%   touchtrain.options(COMMAND) prints the options of one function, such as 'convertVideos' or 'train'. COMMAND can also
%   be 'trainInBackground' or 'curateInBackground' (the options of train or curate except Verbose and Plots),
%   'trainOnCloud', 'uploadDataset', 'verify', 'inspect', 'predict', 'describe', 'previewRegion', 'review', 'corrected',
%   'addCorrections' or 'writeContacts'.
%   LIST = touchtrain.options(...) returns a struct array with the fields command, name, default, choices (cell array of
%   the texts that the option takes) and doc.
%
%   All functions take the names of options in any case, and also a unique beginning of a name: 'maxep' is 'MaxEpochs'.
%   If several names begin so, the error lists them. Write names in full in scripts, because a later version can have
%   more options.
%
%   Example
%     list = touchtrain.options('train');
%     disp({list.name});
%
%   See also touchtrain.convertVideos, touchtrain.convertArrays, touchtrain.train, touchtrain.tune
commands = {'convertVideos', 'convertFolders', 'convertArrays', 'convertNumpy', 'convertTfrecords', 'train', ...
    'tune', 'previewAugmentation', 'curate', 'redecide', 'compare'};
if nargin > 0
    commands = [commands, {'trainInBackground', 'curateInBackground', 'trainOnCloud', 'uploadDataset', 'verify', ...
        'inspect', 'predict', 'describe', 'previewRegion', 'review', 'corrected', ...
        'addCorrections', 'writeContacts'}];
    if ~touchtrain.internal.values.isText(command) || ~any(strcmpi(commands, char(command)))
        error('TouchTrain:BadOption', 'command must be one of %s.', strjoin(commands, ', '));
    end
    commands = commands(strcmpi(commands, char(command)));
end
list = struct('command', {}, 'name', {}, 'default', {}, 'choices', {}, 'doc', {});
for k = 1:numel(commands)
    inBackground = any(strcmp(commands{k}, {'trainInBackground', 'curateInBackground', 'trainOnCloud'}));
    command = strrep(commands{k}, 'InBackground', '');
    rows = touchtrain.internal.python.askPython('options', command);
    rows = rows(~(inBackground & ismember({rows.name}, {'Verbose', 'Plots'})));
    for n = 1:numel(rows)
        choices = reshape(rows(n).choices, 1, []);
        if isempty(choices)
            choices = {};
        end
        list(end + 1) = struct('command', commands{k}, 'name', rows(n).name, 'default', {rows(n).default}, ...
            'choices', {choices}, 'doc', rows(n).doc); %#ok<AGROW>
    end
end
if nargout == 0
    for k = 1:numel(commands)
        fprintf('Options of touchtrain.%s\n', commands{k});
        rows = list(strcmp({list.command}, commands{k}));
        for n = 1:numel(rows)
            fprintf('  %-21s %-26s %s\n', rows(n).name, touchtrain.internal.options.valueText(rows(n).default), ...
                rows(n).doc);
        end
    end
    fprintf('Names of options can be given in any case, and by a unique beginning.\n');
    clear('list');
end
end
