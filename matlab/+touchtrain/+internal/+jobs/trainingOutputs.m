function [history, modelPath, report] = trainingOutputs(result, isVerbose)
% TRAININGOUTPUTS  Convert the output of JOBRESULT to the outputs of touchtrain.train; print the summary if ISVERBOSE.
if isVerbose
    touchtrain.internal.values.show('%s\n', result.summary{:});
end
history = result.history;
modelPath = result.model_path;
report = result.report;
end
