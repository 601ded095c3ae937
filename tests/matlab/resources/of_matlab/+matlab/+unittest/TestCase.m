classdef TestCase < handle
    % TESTCASE  Stands in for MATLAB's class in GNU Octave: what TestFunctions uses of it.
    properties
        Teardowns = {}
        Outcome = 'Passed'
        Diagnostic = ''
    end

    methods
        function addTeardown(testCase, action)
            testCase.Teardowns{end + 1} = action;
        end

        function assumeNotEqual(testCase, actual, expected, diagnostic)
            testCase.note('Filtered', ~isequal(actual, expected), diagnostic);
        end

        function verifyEqual(testCase, actual, expected, diagnostic)
            testCase.note('Failed', isequal(actual, expected), diagnostic);
        end

        function note(testCase, outcome, isFine, diagnostic)
            if ~isFine && strcmp(testCase.Outcome, 'Passed')
                testCase.Outcome = outcome;
                testCase.Diagnostic = diagnostic;
            end
        end
    end
end
