function [outcome, reason] = run_test(name, work)
% RUN_TEST  Run a test in a new folder.
%
%   [OUTCOME, REASON] = RUN_TEST(NAME, WORK) calls the function NAME in WORK/NAME. OUTCOME is 'ok', 'skipped' (it raised
%   TouchTrain:Skip) or 'FAILED'; REASON says why, without characters that no log and no XML file can hold.
before = pwd();
mkdir(fullfile(work, name));
returning = onCleanup(@() cd(before)); %#ok<NASGU>
cd(fullfile(work, name));
outcome = 'ok';
reason = '';
try
    feval(name);
catch err
    if strcmp(err.identifier, 'TouchTrain:Skip')
        outcome = 'skipped';
        reason = err.message;
    else
        outcome = 'FAILED';
        reason = sprintf('%s: %s', err.identifier, err.message);
        for k = 1:min(4, numel(err.stack))
            reason = sprintf('%s\n  in %s, line %d', reason, err.stack(k).name, err.stack(k).line);
        end
    end
    reason = touchtrain.internal.values.visible(reason);
end
end
