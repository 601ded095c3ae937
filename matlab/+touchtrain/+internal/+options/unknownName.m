function text = unknownName(what, name, known)
% UNKNOWNNAME  The sentence that tells of an unknown name, with the one that it may have been meant for.
%
%   TEXT = UNKNOWNNAME(WHAT, NAME, KNOWN): WHAT is the word for the thing, KNOWN the cellstr of right names.
distances = cellfun(@(item) editDistance(lower(name), lower(item)), known);
[smallest, nearest] = min(distances);
text = sprintf('There is no %s %s.', what, name);
if smallest <= max(2, numel(name) / 2)
    text = sprintf('%s Did you mean %s?', text, known{nearest});
else
    text = sprintf('%s There are: %s.', text, strjoin(sort(known), ', '));
end
end

function distance = editDistance(a, b)
% The least number of letters to insert, delete or replace.
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
