function show(format, varargin)
% SHOW  Print like fprintf, after VISIBLE has escaped control characters in the text.
fprintf('%s', touchtrain.internal.values.visible(sprintf(format, varargin{:})));
end
