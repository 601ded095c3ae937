function contacts = applyChanges(contacts, file)
% APPLYCHANGES  Set and remove the fields of trials that Python has decided on; all else stays as it is.
%
%   CONTACTS = APPLYCHANGES(CONTACTS, FILE): the .mat FILE has the cells 'cells', of each trial a struct with the fields
%   to set, or [], and 'removed', of each trial the names of the fields to take out, or {}.
changes = load(file);
for k = 1:numel(changes.cells)
    fields = changes.cells{k};
    if isstruct(fields)
        for name = fieldnames(fields)'
            value = fields.(name{1});
            if iscell(value) && isfield(contacts{k}, name{1}) && numel(contacts{k}.(name{1})) == numel(value)
                value = reshape(value, size(contacts{k}.(name{1}))); % one item per whisker, in a row or a column
            end
            contacts{k}.(name{1}) = value;
        end
    end
    if ~isempty(changes.removed{k})
        contacts{k} = rmfield(contacts{k}, changes.removed{k});
    end
end
end
