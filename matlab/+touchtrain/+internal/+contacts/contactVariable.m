function name = contactVariable(variables, wanted, file)
% CONTACTVARIABLE  Name of the variable of a file that is a contact array.
%
%   NAME = CONTACTVARIABLE(VARIABLES, WANTED, FILE): VARIABLES is a struct with one field per variable, WANTED the
%   user's choice or []. TouchTrain:BadLabels is raised if there is none, or several and none is called contacts.
names = fieldnames(variables)';
if ~touchtrain.internal.values.isBlank(wanted)
    if ~touchtrain.internal.values.isText(wanted)
        touchtrain.internal.values.fail('TouchTrain:BadOption', 'LabelVariable must be text. It is a %s.', ...
            touchtrain.internal.values.kindOf(wanted));
    end
    wanted = char(wanted);
    if ~any(strcmp(names, wanted))
        touchtrain.internal.values.fail('TouchTrain:BadLabels', '%s has no variable %s. It has: %s.', file, wanted, ...
            strjoin(names, ', '));
    end
    names = {wanted};
end
fitting = names(cellfun(@(one) touchtrain.internal.contacts.isContacts(variables.(one)), names));
usual = fitting(strcmpi(fitting, 'contacts'));
if numel(usual) == 1
    fitting = usual;
end
if isempty(fitting)
    touchtrain.internal.values.fail('TouchTrain:BadLabels', ['%s has no contact array: a cell array with one ' ...
        'struct per trial, with contactInds, or with trialNum and prepross. It has: %s.'], file, strjoin(names, ', '));
elseif numel(fitting) > 1
    touchtrain.internal.values.fail('TouchTrain:BadLabels', ...
        'Several variables of %s are contact arrays: %s. Name one as LabelVariable.', file, strjoin(fitting, ', '));
end
name = fitting{1};
end
