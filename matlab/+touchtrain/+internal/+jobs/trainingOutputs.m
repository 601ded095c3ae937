function [history, modelPath, report] = trainingOutputs(result, isVerbose)
% TRAININGOUTPUTS  What touchtrain.train returns, of what JOBRESULT returned; the table of it is printed if asked for.
if isVerbose
    touchtrain.internal.values.show('%s\n', result.summary{:});
end
history = result.history;
modelPath = result.model_path;
report = result.report;
end
