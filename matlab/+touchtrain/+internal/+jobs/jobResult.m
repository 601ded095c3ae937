function result = jobResult(folder)
% JOBRESULT  What a job that has ended made; the error of one that failed is raised.
%
%   RESULT = JOBRESULT(FOLDER) is a struct: of a training history (as CURVEROWS makes it), model_path, report, summary
%   (cell of lines to print); of a conversion report.
result = touchtrain.internal.python.askPython('job_result', folder);
if isfield(result, 'history')
    result.history = touchtrain.internal.figures.curveRows(result.history);
end
end
