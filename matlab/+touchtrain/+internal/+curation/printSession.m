function printSession(report)
% PRINTSESSION  Print what a curation has done, or with 'Check' would do: failures, warnings, and where the results are.
if isfield(report, 'page')
    touchtrain.internal.values.show('%s\n', report.page{:});
    return
end
touchtrain.internal.values.show('Marks of %s in %s\n', touchtrain.internal.values.countText(report.done, 'video'), ...
    report.path);
touchtrain.internal.values.show('  %s, touches: %d\n', touchtrain.internal.values.countText(report.frames, 'frame'), ...
    report.touches);
if report.kept > 0
    touchtrain.internal.values.show('  %s marked before\n', touchtrain.internal.values.countText(report.kept, 'video'));
end
if report.left_out > 0
    touchtrain.internal.values.show('  left out: %s that could not be looked at\n', ...
        touchtrain.internal.values.countText(report.left_out, 'frame'));
end
for failure = report.failures
    touchtrain.internal.values.show('  failed: %s: %s\n', failure.name, failure.why);
end
if report.stopped
    touchtrain.internal.values.show('  stopped before %s; the same call resumes it\n', ...
        touchtrain.internal.values.countText(report.videos - report.done - report.failed, 'video'));
end
touchtrain.internal.jobs.printWarnings(report);
end
