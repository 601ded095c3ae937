function restore = pycleanenv()
% PYCLEANENV  Hide from a new process what would make it load foreign libraries; RESTORE brings it back when cleared.
%
%   Octave, MATLAB or a desktop may set these for themselves; a Python that inherits them may not even start.

names = {'LD_LIBRARY_PATH', 'LD_PRELOAD', 'PYTHONHOME', 'PYTHONPATH', 'DYLD_LIBRARY_PATH', ...
    'DYLD_INSERT_LIBRARIES', 'DYLD_FRAMEWORK_PATH', 'DYLD_FALLBACK_LIBRARY_PATH', ...
    'DYLD_FALLBACK_FRAMEWORK_PATH', 'DYLD_VERSIONED_LIBRARY_PATH', 'DYLD_VERSIONED_FRAMEWORK_PATH', ...
    'DYLD_ROOT_PATH', 'DYLD_IMAGE_SUFFIX'};
names = names(~cellfun('isempty', cellfun(@getenv, names, 'UniformOutput', false)));
values = cellfun(@getenv, names, 'UniformOutput', false);
restore = onCleanup(@() cellfun(@(name, value) setenv(name, value), names, values));
cellfun(@unsetenv, names);
end
