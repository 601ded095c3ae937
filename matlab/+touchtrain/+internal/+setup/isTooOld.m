function tf = isTooOld(version)
% ISTOOOLD  Whether a Python version, such as [3 9], is known and too old for py.: older than 3.10.
tf = version(1) > 0 && (version(1) < 3 || version(1) == 3 && version(2) < 10);
end
