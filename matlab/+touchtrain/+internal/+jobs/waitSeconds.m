function waitSeconds(seconds)
% WAITSECONDS  Wait like pause, also after 'pause off', which makes pause return at once.
began = tic();
pause(seconds);
left = seconds - toc(began);
if left > 0.001
    before = pause('on');
    restoring = onCleanup(@() pause(before)); %#ok<NASGU>
    pause(left);
end
end
