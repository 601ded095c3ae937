function [variables, report, whole] = writeNew(folder, source, pairs, command)
% WRITENEW  Write the touches of a session into a contact array.
%
%   [VARIABLES, REPORT] = WRITENEW(FOLDER, SOURCE, PAIRS, 'contacts'): FOLDER is the absolute path of the session,
%   SOURCE an output of READSOURCE, PAIRS the row of options. Python decides what changes, from the fields that decide;
%   MATLAB changes its own variables and saves them, so that it also keeps what only MATLAB can hold. VARIABLES is a
%   struct with the variables of the new file, REPORT what touchtrain.writeContacts returns.
%   [VARIABLES, REPORT, WHOLE] = WRITENEW(..., 'corrected') writes the labels with corrections; WHOLE is the report of
%   touchtrain.corrected. Without a contact array VARIABLES has no field, and REPORT is [].
place = [tempname() '-touchtrain-contacts'];
mkdir(place);
remover = onCleanup(@() removeAll(place)); %#ok<NASGU>
pairs = optionsForPython(pairs, place);
file = '';
if ~isempty(source)
    slim = touchtrain.internal.contacts.slimTrials(source.variables.(source.name));
    file = touchtrain.internal.contacts.saveFor(place, source.name, slim);
end
if strcmp(command, 'corrected')
    if ~isempty(source)
        pairs = [pairs, {'ContactArray', file}];
    end
    whole = touchtrain.internal.python.askPython('do_job', 'corrected', folder, ...
        touchtrain.internal.options.optionsJson(pairs));
    report = whole.contacts;
else
    whole = [];
    report = touchtrain.internal.python.askPython('do_job', 'contacts', folder, file, ...
        touchtrain.internal.options.optionsJson(pairs));
end
if isempty(report)
    variables = struct();
    return
end
if isempty(source)
    variables = touchtrain.internal.contacts.loadAll(report.path);
else
    variables = source.variables;
    variables.(source.name) = touchtrain.internal.contacts.applyChanges(variables.(source.name), report.changes);
    touchtrain.internal.contacts.saveNew(report.path, variables, source.isLarge);
    from = source.file;
    if isempty(from)
        from = 'a variable of the workspace';
    end
    report.page = strrep(report.page, report.source, from);
    report.source = source.file;
end
report = touchtrain.internal.contacts.reportLists(report);
end

function pairs = optionsForPython(pairs, place)
% Absolute paths, and a file in place of a frame map that is a variable. MATLAB itself looks for the variable.
pairs = pairs(~kron(strcmpi(pairs(1:2:end), 'LabelVariable'), [1 1]));
for k = 1:2:numel(pairs)
    value = pairs{k + 1};
    isFrameMap = strcmpi(pairs{k}, 'FrameMap');
    if strcmpi(pairs{k}, 'Output') || isFrameMap && ...
            (touchtrain.internal.values.isBlank(value) || touchtrain.internal.values.isText(value))
        pairs{k + 1} = touchtrain.internal.options.optionalPath(value, pairs{k});
    elseif isFrameMap
        pairs{k + 1} = touchtrain.internal.contacts.saveFor(place, 'frameMap', ...
            touchtrain.internal.contacts.frameMaps(value));
    end
end
end

function removeAll(folder)
found = dir(folder);
found = found(~[found.isdir]);
for k = 1:numel(found)
    delete(fullfile(folder, found(k).name));
end
rmdir(folder);
end
