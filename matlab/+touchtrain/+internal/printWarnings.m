function printWarnings(report)
% PRINTWARNINGS  Print the warnings of a report, if it has any, a line each.
if isfield(report, 'warnings') && ~isempty(report.warnings)
    touchtrain.internal.show('  note: %s\n', report.warnings{:});
end
end
