function skip_test(reason)
% SKIP_TEST  End a test that cannot run here, with the reason.
error('TouchTrain:Skip', '%s', reason);
end
