function test_mark_screen()
% Whether somebody looks at the screen can be asked, and a batch run is nobody.
live = touchtrain.internal.screenIsLive();
assert(islogical(live) && numel(live) == 1);
if ~touchtrain.internal.isOctave()
    assert(~(live && batchStartupOptionUsed())); % MATLAB only
end
end
