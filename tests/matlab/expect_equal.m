function expect_equal(actual, expected)
% EXPECT_EQUAL  Check that two values are equal: class, size and content; NaN equals NaN.
assert(strcmp(class(actual), class(expected)) && isequaln(actual, expected), 'TouchTrain:Test', ...
    'Expected %s, got %s', as_text(expected), as_text(actual));
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
