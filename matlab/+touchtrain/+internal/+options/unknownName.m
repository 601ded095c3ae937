function text = unknownName(what, name, known)
% UNKNOWNNAME  Error message for an unknown name, with the most similar valid name, or all that begin so.
%
%   TEXT = UNKNOWNNAME(WHAT, NAME, KNOWN): WHAT is what the name stands for, such as 'option', KNOWN the cellstr of
%   valid names.
[~, several] = touchtrain.internal.options.inFull(name, known);
if ~isempty(several)
    text = sprintf('Several %ss begin with %s: %s. Write more letters of the name.', what, name, ...
        strjoin(several, ', '));
    isInside = ~cellfun(@isempty, regexpi(reshape(known, 1, []), ['.' regexptranslate('escape', name)], 'once'));
    if numel(name) > 3 && any(isInside)
        text = sprintf('%s Or did you mean %s?', text, strjoin(unique(reshape(known(isInside), 1, [])), ' or '));
    end
    return
end
distances = cellfun(@(item) editDistance(lower(name), lower(item)), known);
[smallest, nearest] = min(distances);
text = sprintf('There is no %s %s.', what, name);
if smallest <= max(2, numel(name) / 2)
    text = sprintf('%s Did you mean %s?', text, known{nearest});
else
    text = sprintf('%s The %ss are: %s.', text, what, strjoin(sort(known), ', '));
end
end

function distance = editDistance(a, b)
% Minimum number of letters to insert, delete or replace.
row = 0:numel(b);
for i = 1:numel(a)
    previous = row;
    row(1) = i;
    for j = 1:numel(b)
        row(j + 1) = min([previous(j) + (a(i) ~= b(j)), previous(j + 1) + 1, row(j) + 1]);
    end
end
distance = row(end);
end
