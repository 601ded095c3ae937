function report = reportLists(report)
% REPORTLISTS  Give the lists in a report on a contact array their class if they are empty, too.
%
%   REPORT = REPORTLISTS(REPORT): the decoder makes [] of an empty list. What only TouchTrain itself needs is taken out.
lists = struct('left', struct('cell', {}, 'trial', {}, 'recording', {}, 'why', {}), ...
    'removed', struct('cell', {}, 'trial', {}, 'fields', {}), 'warnings', {{}});
for name = fieldnames(lists)'
    if isempty(report.(name{1}))
        report.(name{1}) = lists.(name{1});
    end
end
report = rmfield(report, intersect(fieldnames(report), {'changes', 'sha256'}));
end
