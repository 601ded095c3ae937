function run_all(varargin)
% RUN_ALL  Run the tests of this folder and of marks/, in MATLAB or in GNU Octave.
%
%   RUN_ALL() runs every test_*.m, each in a new folder of its own, prints a line a test and at the end
%   'N passed, N failed', and raises an error if one failed. A test is a function without arguments that raises an
%   error where something is wrong; one that cannot run here raises TouchTrain:Skip.
%   RUN_ALL(PATTERN, ...) runs the tests whose names match one of the regular expressions. In MATLAB, RUN_UNITTEST runs
%   them by matlab.unittest.
addpath(fileparts(mfilename('fullpath')));
[work, ending] = begin_tests();
cleaning = onCleanup(ending); %#ok<NASGU>
names = listed_tests(varargin{:});
passed = 0;
failed = {};
for k = 1:numel(names)
    began = tic;
    [outcome, reason] = run_test(names{k}, work);
    fprintf('%-8s %s (%.1f s)\n', outcome, names{k}, toc(began));
    if strcmp(outcome, 'FAILED')
        failed{end + 1} = names{k}; %#ok<AGROW>
    else
        passed = passed + strcmp(outcome, 'ok');
    end
    if ~isempty(reason)
        fprintf('         %s\n', strrep(reason, sprintf('\n'), sprintf('\n         ')));
    end
end
fprintf('%d passed, %d failed\n', passed, numel(failed));
if ~isempty(failed)
    error('TouchTrain:TestsFailed', 'These tests failed: %s', strjoin(failed, ', '));
end
end
