function [history, modelPath, report] = jobResult(folder)
% JOBRESULT  What came of a training that has ended; the error of one that failed is raised.
%
%   [HISTORY, MODELPATH, REPORT] = JOBRESULT(FOLDER) as touchtrain.train returns them: each curve of HISTORY is a row
%   of double, with NaN where there was no value.
result = touchtrain.internal.askPython('job_result', folder);
history = result.history;
names = fieldnames(history);
for k = 1:numel(names)
    if isempty(history.(names{k}))
        history.(names{k}) = zeros(1, 0);
    end
    history.(names{k}) = reshape(double(history.(names{k})), 1, []);
end
modelPath = result.model_path;
report = result.report;
end
