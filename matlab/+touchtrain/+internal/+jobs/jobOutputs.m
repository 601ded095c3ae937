function outputs = jobOutputs(result, isVerbose, count)
% JOBOUTPUTS  Outputs of the function that starts such a job, as a row cell array.
%
%   OUTPUTS = JOBOUTPUTS(RESULT, ISVERBOSE, COUNT): RESULT is the output of JOBRESULT. With ISVERBOSE the summary of a
%   curation is printed. COUNT is the number of outputs that are wanted: with none, no marks are read.
kind = '';
if isfield(result.report, 'kind')
    kind = result.report.kind;
end
if isfield(result, 'search')
    outputs = {touchtrain.internal.jobs.tuningResult(result), result.model_path, result.report};
elseif isfield(result, 'history')
    [outputs{1:3}] = touchtrain.internal.jobs.trainingOutputs(result, false);
elseif any(strcmp(kind, {'session', 'check'}))
    [outputs{1:2}] = touchtrain.internal.curation.curationOutputs(result.report, isVerbose, count);
elseif strcmp(kind, 'comparison')
    outputs = {touchtrain.internal.curation.comparisonLists(result.report)};
else
    outputs = {result.report};
end
end
