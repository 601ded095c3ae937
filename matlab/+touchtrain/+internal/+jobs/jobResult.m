function result = jobResult(folder)
% JOBRESULT  Result of a job that has ended. Raises the error of a failed job.
%
%   RESULT = JOBRESULT(FOLDER) is a struct. For a training it has history (in the form of CURVEROWS), model_path, report
%   and summary (cell array of lines to print); for a conversion, report.
result = touchtrain.internal.python.askPython('job_result', folder);
if isfield(result, 'history')
    result.history = touchtrain.internal.figures.curveRows(result.history);
end
end
