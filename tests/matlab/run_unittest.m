function run_unittest(file, varargin)
% RUN_UNITTEST  Run the tests of this folder and of marks/ by matlab.unittest. MATLAB only; see RUN_ALL for Octave.
%
%   RUN_UNITTEST(FILE, PATTERN, ...) runs the tests whose names match one of the regular expressions (default: all),
%   writes the results to FILE in JUnit's format, and raises an error if one failed.
addpath(fileparts(mfilename('fullpath')));
folder = fileparts(file);
if ~isempty(folder) && ~isfolder(folder)
    mkdir(folder);
end
suite = testsuite('TestFunctions'); % MATLAB only
names = arrayfun(@(one) one.Parameterization.Value, suite, 'UniformOutput', false);
suite = suite(ismember(names, listed_tests(varargin{:})));
assert(~isempty(suite), 'TouchTrain:Test', 'No test has such a name: %s', strjoin(varargin, ', '));
runner = matlab.unittest.TestRunner.withTextOutput(); % MATLAB only
runner.addPlugin(matlab.unittest.plugins.XMLPlugin.producingJUnitFormat(file)); % MATLAB only
results = runner.run(suite);
disp(table(results)); % MATLAB only
assertSuccess(results); % MATLAB only
end
