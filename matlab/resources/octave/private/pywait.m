function pywait(seconds)
% PYWAIT  Wait like pause, also after 'pause off', which makes pause return at once.

began = tic();
pause(seconds);
left = seconds - toc(began);
if left > 0
    before = pause('on');
    restoring = onCleanup(@() pause(before));
    pause(left);
end
end
