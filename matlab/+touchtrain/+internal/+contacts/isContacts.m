function tf = isContacts(value)
% ISCONTACTS  True for a contact array: a cell array with a struct of contactInds, or of trialNum and prepross.
tf = iscell(value) && any(cellfun(@isTrial, value(:)));
end

function tf = isTrial(item)
tf = isstruct(item) && isscalar(item);
if tf
    names = lower(strrep(fieldnames(item), '_', ''));
    tf = any(strcmp(names, 'contactinds')) || all(ismember({'trialnum', 'prepross'}, names));
end
end
