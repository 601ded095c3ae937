function tf = hasDesktop()
% HASDESKTOP  True if a person works in MATLAB's desktop.
if touchtrain.internal.values.isOctave()
    tf = have_window_system(); % Octave only
    return
end
try
    tf = logical(desktop('-inuse')); % MATLAB only; also where MATLAB has no Java
catch
    tf = (exist('usejava', 'file') || exist('usejava', 'builtin')) && usejava('desktop'); % MATLAB only
end
end
