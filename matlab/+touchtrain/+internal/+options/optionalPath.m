function path = optionalPath(value, name)
% OPTIONALPATH  Absolute path in the option NAME, or [], as Python expects it, if VALUE is blank.
path = [];
if ~touchtrain.internal.values.isBlank(value)
    path = touchtrain.internal.values.absolutePath(value, name);
end
end
