function show(format, varargin)
% SHOW  Print as fprintf does, with what comes from files as VISIBLE makes it.
fprintf('%s', touchtrain.internal.values.visible(sprintf(format, varargin{:})));
end
