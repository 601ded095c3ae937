function result = tuningResult(made)
% TUNINGRESULT  What touchtrain.tune returns, of what JOBRESULT returns of a search.
result = made.search;
result.model_path = made.model_path;
result.history = made.history;
result.report = made.report;
end
