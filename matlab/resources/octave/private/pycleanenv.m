function restore = pycleanenv()
% PYCLEANENV  Unset environment variables that make a process load foreign libraries; clearing RESTORE sets them again.
%
%   Octave, MATLAB or the desktop can set these variables for themselves; a Python that inherits them may fail to start.

names = {'LD_LIBRARY_PATH', 'LD_PRELOAD', 'PYTHONHOME', 'PYTHONPATH', 'DYLD_LIBRARY_PATH', ...
    'DYLD_INSERT_LIBRARIES', 'DYLD_FRAMEWORK_PATH', 'DYLD_FALLBACK_LIBRARY_PATH', ...
    'DYLD_FALLBACK_FRAMEWORK_PATH', 'DYLD_VERSIONED_LIBRARY_PATH', 'DYLD_VERSIONED_FRAMEWORK_PATH', ...
    'DYLD_ROOT_PATH', 'DYLD_IMAGE_SUFFIX'};
names = names(~cellfun('isempty', cellfun(@getenv, names, 'UniformOutput', false)));
values = cellfun(@getenv, names, 'UniformOutput', false);
restore = onCleanup(@() cellfun(@(name, value) setenv(name, value), names, values));
cellfun(@unsetenv, names);
end
