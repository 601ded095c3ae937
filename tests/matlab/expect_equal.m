function expect_equal(actual, expected)
% EXPECT_EQUAL  Check that two values are equal: class, size and content; NaN equals NaN.
%
%   All empty texts are equal: which functions give char of 0x0 and which 1x0 differs between MATLAB and GNU Octave.
assert(strcmp(class(actual), class(expected)) && isequaln(plain(actual), plain(expected)), 'TouchTrain:Test', ...
    'Expected %s, got %s', as_text(expected), as_text(actual));
end

function value = plain(value)
if iscell(value)
    value = cellfun(@plain, value, 'UniformOutput', false);
elseif ischar(value) && isempty(value)
    value = '';
end
end

function text = as_text(value)
if ischar(value)
    text = ['''' value ''''];
elseif (isnumeric(value) || islogical(value)) && ndims(value) == 2
    text = sprintf('%s %s', class(value), mat2str(value));
else
    text = sprintf('%s of %s', class(value), mat2str(size(value)));
end
end
