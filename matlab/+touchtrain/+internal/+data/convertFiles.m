function report = convertFiles(command, source, labels, dataset, pairs)
% CONVERTFILES  Let a job write files as a dataset, and return the report on it.
%
%   REPORT = CONVERTFILES(COMMAND, SOURCE, LABELS, DATASET, PAIRS): COMMAND is 'convertVideos', 'convertFolders' or
%   'convertNumpy', SOURCE an absolute path or a row cell of such paths, LABELS those of videos, as the job takes them,
%   else '', PAIRS the row of options that NAMEVALUES gives.
dataset = touchtrain.internal.values.absolutePath(dataset, 'dataset');
given = {jsonencode(source), labels, dataset};
if ~strcmp(command, 'convertVideos')
    given(2) = [];
end
result = touchtrain.internal.jobs.runJob(pairs, command, given{:});
report = result.report;
if strcmp(report.kind, 'preflight')
    touchtrain.internal.python.askPython('remove_job', result.folder);
end
end
