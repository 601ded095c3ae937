function test_mark_screen()
% Whether somebody looks at the screen, and whether there is one, can be asked; a batch run is nobody.
before = getenv('TOUCHTRAIN_ENGINE');
restoring = onCleanup(@() setenv('TOUCHTRAIN_ENGINE', before)); %#ok<NASGU>
setenv('TOUCHTRAIN_ENGINE', ''); % by which the tests ask for whole lines
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
