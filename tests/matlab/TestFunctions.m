classdef TestFunctions < matlab.unittest.TestCase
    % TESTFUNCTIONS  The tests of this folder and of marks/, each as a test of matlab.unittest. MATLAB only.
    %
    %   Call run_unittest, or addpath('tests/matlab') and runtests('TestFunctions').
    properties (TestParameter)
        name = listed_tests()
    end

    properties
        Work
    end

    methods (TestClassSetup)
        function beginTests(testCase)
            [testCase.Work, ending] = begin_tests();
            testCase.addTeardown(ending);
        end
    end

    methods (Test)
        function passes(testCase, name)
            [outcome, reason] = run_test(name, testCase.Work);
            testCase.assumeNotEqual(outcome, 'skipped', reason);
            testCase.verifyEqual(outcome, 'ok', reason);
        end
    end
end
