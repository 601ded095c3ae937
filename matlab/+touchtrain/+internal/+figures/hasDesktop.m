function tf = hasDesktop()
% HASDESKTOP  True if a person works in MATLAB's desktop.
if touchtrain.internal.values.isOctave()
    tf = have_window_system(); % Octave only
elseif isMATLABReleaseOlderThan('R2025a') % MATLAB only
    tf = usejava('desktop'); % MATLAB only
else
    tf = desktop('inuse'); % MATLAB only; usejava is on its way out
end
end
