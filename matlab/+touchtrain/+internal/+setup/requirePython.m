function requirePython(now)
% REQUIREPYTHON  Raise an error if the Python of py. is too old, before py. loads it.
%
%   REQUIREPYTHON(NOW): NOW is the output of CURRENTPYTHON. A Python that MATLAB loads in its own process stays until
%   MATLAB is restarted, so a wrong one must not be loaded at all. What is wrong with a loaded one, Python says.
if now.isLoaded || ~touchtrain.internal.setup.isTooOld(now.version)
    return
end
remedy = 'Call touchtrain.setup, which finds a suitable Python.';
if now.isInProcess
    remedy = [remedy ' Nothing is loaded yet, so MATLAB need not be restarted.'];
end
touchtrain.internal.values.fail('TouchTrain:PythonNotFound', ...
    ['The Python of pyenv, %s, is Python %d.%d. TouchTrain requires 3.10 or later. ' ...
    '%s'], now.executable, now.version, remedy);
end
