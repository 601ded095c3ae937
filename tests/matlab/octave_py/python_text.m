function text = python_text(x)
% PYTHON_TEXT  What Python's repr says of X.

text = char(py.repr(x));
end
