function result = jobResult(folder)
% JOBRESULT  What a job that has ended made; the error of one that failed is raised.
%
%   RESULT = JOBRESULT(FOLDER) is a struct: of a training history (each curve a row of double, with NaN where there was
%   no value), model_path, report, summary (cell of lines to print); of a conversion report.
result = touchtrain.internal.askPython('job_result', folder);
if isfield(result, 'history')
    names = fieldnames(result.history);
    for k = 1:numel(names)
        result.history.(names{k}) = reshape(double(result.history.(names{k})), 1, []);
    end
end
end
