function test_mark_screen()
% Whether somebody looks at the screen, and whether there is one, can be asked; a batch run is nobody.
shown = touchtrain.internal.jobs.progressLine([], []);
live = shown.live;
assert(islogical(live) && numel(live) == 1);
hasDisplay = touchtrain.internal.figures.hasDisplay();
assert(islogical(hasDisplay) && numel(hasDisplay) == 1);
if ~touchtrain.internal.values.isOctave()
    assert(~(live && batchStartupOptionUsed())); % MATLAB only
end
mark('Is the screen live, is there a display', sprintf('%d, %d', live, hasDisplay));
end
