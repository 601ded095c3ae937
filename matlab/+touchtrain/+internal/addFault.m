function faults = addFault(faults, identifier, text)
% ADDFAULT  Note one thing that is wrong.
%
%   FAULTS = ADDFAULT(FAULTS, IDENTIFIER, TEXT) appends to the struct array FAULTS, [] at first. A TEXT that is itself
%   a list of faults from Python is taken apart.
items = {text};
if ~isempty(regexp(text, '^\d+ things are wrong:\n', 'once'))
    items = regexp(text, '\n  \d+\. (.*?)(?=\n  \d+\. |$)', 'tokens');
    items = cellfun(@(item) item{1}, items, 'UniformOutput', false);
end
for k = 1:numel(items)
    faults = [faults, struct('identifier', identifier, 'text', items{k})]; %#ok<AGROW>
end
end
