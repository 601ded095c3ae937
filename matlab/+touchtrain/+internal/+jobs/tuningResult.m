function result = tuningResult(made)
% TUNINGRESULT  Convert the output of JOBRESULT for a search to the output of touchtrain.tune.
result = made.search;
result.model_path = made.model_path;
result.history = made.history;
result.report = made.report;
end
