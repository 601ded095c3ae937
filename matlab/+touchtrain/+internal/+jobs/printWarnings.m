function printWarnings(report)
% PRINTWARNINGS  Print the first warnings of a report, one per line, and how many more there are.
most = 20;
if isfield(report, 'warnings') && ~isempty(report.warnings)
    touchtrain.internal.values.show('  warning: %s\n', report.warnings{1:min(most, end)});
    if numel(report.warnings) > most
        touchtrain.internal.values.show('  warnings: ... and %d more, all in the field warnings of the report\n', ...
            numel(report.warnings) - most);
    end
end
end
