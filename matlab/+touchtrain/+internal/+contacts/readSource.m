function found = readSource(contacts, params, wanted)
% READSOURCE  A contact array with the variables beside it, from the workspace or from a file.
%
%   SOURCE = READSOURCE(CONTACTS, PARAMS, WANTED): CONTACTS is a cell array, the path of a .mat file, or empty for none;
%   PARAMS is {} or a cell with the variable params; WANTED the name of a variable of the file, or []. The output is []
%   for none, or a struct: name, variables (a struct with one field per variable), file ('' for the workspace) and
%   isLarge (whether the file is of version 7.3).
if ~isempty(params) && (~iscell(contacts) || isempty(contacts))
    touchtrain.internal.values.fail('TouchTrain:BadOption', ['params belongs to a contact array of the workspace. ' ...
        'Of a file all variables are copied, and a new one gets its own: leave params out.']);
end
if touchtrain.internal.values.isText(contacts) && ~touchtrain.internal.values.isBlank(contacts)
    file = touchtrain.internal.values.absolutePath(contacts, 'contacts');
    [variables, isLarge] = touchtrain.internal.contacts.loadAll(file);
    name = touchtrain.internal.contacts.contactVariable(variables, wanted, file);
    found = struct('name', name, 'variables', variables, 'file', file, 'isLarge', isLarge);
elseif touchtrain.internal.contacts.isContacts(contacts)
    variables = struct('contacts', {contacts});
    if ~isempty(params)
        variables.params = params{1};
    end
    found = struct('name', 'contacts', 'variables', variables, 'file', '', 'isLarge', false);
elseif touchtrain.internal.values.isBlank(contacts)
    found = [];
else
    touchtrain.internal.values.fail('TouchTrain:BadLabels', ['contacts must be a contact array (a cell array with ' ...
        'one struct per trial, with contactInds, or with trialNum and prepross; num2cell makes it of a struct ' ...
        'array), the path of a .mat file with one, or [] for a new one. It is a %s of %s.'], ...
        touchtrain.internal.values.kindOf(contacts), ...
        regexprep(num2str(size(contacts)), ' +', 'x'));
end
end
