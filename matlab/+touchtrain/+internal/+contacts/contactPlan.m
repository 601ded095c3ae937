function [plan, pairs] = contactPlan(pairs, isLoaded)
% CONTACTPLAN  What MATLAB writes into a contact array once touchtrain.curate has marked the videos.
%
%   [PLAN, PAIRS] = CONTACTPLAN(PAIRS, ISLOADED) takes a contact array of the workspace out of the row of options; with
%   ISLOADED also that of a file. PLAN is [] without one: the job writes that of a file. Otherwise it is a struct:
%   source (of READSOURCE) and pairs (options of WRITENEW). What is wrong with the contact array is an error now, before
%   the videos are marked.
plan = [];
value = touchtrain.internal.options.optionValue(pairs, 'ContactArray', []);
isOf = @(names) kron(ismember(lower(pairs(1:2:end)), lower(names)), [1 1]) == 1;
if touchtrain.internal.values.isBlank(value) || touchtrain.internal.values.isText(value) && ~isLoaded
    return
end
source = touchtrain.internal.contacts.readSource(value, {}, []);
touchtrain.internal.contacts.slimTrials(source.variables.(source.name));
own = {'OverwriteManual', 'FrameMap'};
both = {'ContactClass', 'Pairing', 'TrialPattern', 'FrameRate'};
plan = struct('source', source, 'pairs', {pairs(isOf([own, both]))});
output = touchtrain.internal.options.optionValue(pairs, 'Output', '');
if ~touchtrain.internal.values.isBlank(output)
    touchtrain.internal.contacts.requireNew( ...
        [touchtrain.internal.values.absolutePath(output, 'Output') '_contacts.mat']);
end
pairs = pairs(~isOf([own, {'ContactArray'}]));
end
