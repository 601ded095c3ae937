function report = convertFiles(command, source, labels, dataset, pairs)
% CONVERTFILES  Run a job that converts files to a dataset, and return its report.
%
%   REPORT = CONVERTFILES(COMMAND, SOURCE, LABELS, DATASET, PAIRS): COMMAND is 'convertVideos', 'convertFolders',
%   'convertNumpy' or 'convertTfrecords', SOURCE an absolute path or a row cell array of absolute paths, LABELS the
%   labels of videos in the form that the job takes, otherwise '', PAIRS the row of options that NAMEVALUES returns.
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
