function given = jobInputs(job)
% JOBINPUTS  A job that a person names, as the two inputs that Python takes: its number, name or folder, and the
% absolute path of the folder that it may be.
%
%   GIVEN = JOBINPUTS(JOB): JOB is a number, a text or a touchtrain.TrainingJob.
%   GIVEN = JOBINPUTS() is for the latest job.
if nargin == 0
    given = {'', ''};
    return
end
if isa(job, 'touchtrain.TrainingJob') && numel(job) == 1 && ~isempty(job.Folder)
    job = job.Folder;
end
if isnumeric(job) && numel(job) == 1 && job > 0 && job == fix(job)
    given = {sprintf('%d', job), ''};
elseif touchtrain.internal.values.isText(job) && ~isempty(strtrim(char(job)))
    given = {strtrim(char(job)), touchtrain.internal.values.absolutePath(job, 'job')};
else
    touchtrain.internal.values.fail('TouchTrain:BadOption', ...
        ['The job must be its number, its name or its folder, as touchtrain.jobs shows them, or a ' ...
        'touchtrain.TrainingJob that is attached to a job. It is a %s.'], touchtrain.internal.values.kindOf(job));
end
end
