function [plan, pairs] = contactPlan(pairs)
% CONTACTPLAN  What touchtrain.curate writes into a contact array once it has marked the videos.
%
%   [PLAN, PAIRS] = CONTACTPLAN(PAIRS) takes the options of the contact array out of the row of options. PLAN is []
%   without ContactArray, otherwise a struct: source (of READSOURCE) and pairs (options of WRITENEW). What is wrong with
%   the contact array is an error now, before the videos are marked.
plan = [];
value = touchtrain.internal.options.optionValue(pairs, 'ContactArray', []);
isOf = @(names) ~~kron(ismember(lower(pairs(1:2:end)), lower(names)), [1 1]);
if touchtrain.internal.values.isBlank(value)
    pairs = pairs(~isOf({'ContactArray'}));
    return
end
source = touchtrain.internal.contacts.readSource(value, {}, []);
touchtrain.internal.contacts.slimTrials(source.variables.(source.name));
ofContacts = {'OverwriteManual', 'FrameMap'};
plan = struct('source', source, 'pairs', {pairs(isOf([ofContacts, {'ContactClass', 'Pairing', 'TrialPattern', ...
    'FrameRate'}]))});
output = touchtrain.internal.options.optionValue(pairs, 'Output', '');
if touchtrain.internal.values.isText(output) && ~isempty(char(output))
    target = [touchtrain.internal.values.absolutePath(output, 'Output') '_contacts.mat'];
    touchtrain.internal.contacts.requireNew(target);
end
pairs = pairs(~isOf([ofContacts, {'ContactArray'}]));
end
