function list = options(command)
% OPTIONS  Print all options with their defaults, or return them.
%
%   touchtrain.options prints the options of touchtrain.convertArrays and touchtrain.train: name, default, and what
%   each does.
%   touchtrain.options(COMMAND) prints those of one of them: 'convertArrays' or 'train'.
%   LIST = touchtrain.options(...) returns a struct array with the fields command, name, default and doc.
%
%   Example
%     list = touchtrain.options('train');
%     disp({list.name});
%
%   See also touchtrain.convertArrays, touchtrain.train
commands = {'convertArrays', 'train'};
if nargin > 0
    isIt = touchtrain.internal.isText(command) & strcmpi(commands, char(command));
    if ~any(isIt)
        error('TouchTrain:BadOption', 'command must be ''convertArrays'' or ''train''.');
    end
    commands = commands(isIt);
end
list = struct('command', {}, 'name', {}, 'default', {}, 'doc', {});
for k = 1:numel(commands)
    rows = touchtrain.internal.askPython('options', commands{k});
    for n = 1:numel(rows)
        list(end + 1) = struct('command', commands{k}, 'name', rows(n).name, 'default', {rows(n).default}, ...
            'doc', rows(n).doc); %#ok<AGROW>
    end
end
if nargout == 0
    for k = 1:numel(commands)
        fprintf('Options of touchtrain.%s\n', commands{k});
        rows = list(strcmp({list.command}, commands{k}));
        for n = 1:numel(rows)
            fprintf('  %-21s %-26s %s\n', rows(n).name, touchtrain.internal.valueText(rows(n).default), rows(n).doc);
        end
    end
    clear('list');
end
end
