function text_and_numbers()
% TEXT_AND_NUMBERS  Text and numbers that a careless wire format would lose, there and back.

check('text with NUL bytes survives', @() survives(['a' char(0) 'b' char(0)]));
check('text beyond ASCII survives', @() survives(char([195 164 226 130 172 240 159 152 128])));
check('text beyond ASCII is the right text', @() isequal(double(py.ord(char([226 130 172]))), 8364));
check('bytes that are no UTF-8 survive', @() survives(char([97 255 254 98])));
check('quotes, backslashes and newlines survive', @() survives(['"''\n\\' char([10 13 9])]));
check('long text survives', @() survives(repmat('touch ', 1, 20000)));
check('a lone surrogate of Python comes as something', @() ~isempty(char(py.chr(int32(55296)))));
check('floats survive to the last bit', ...
    @() all(cellfun(@(x) isequal(py.float(x), x), {pi, realmin, realmax, eps, 1 / 3, -0})));
check('integers beyond 2^53 survive', @() int64(py.int(intmin('int64'))) == intmin('int64'));
check('numbers beyond 64 bits are clipped', @() int64(py.pow(int8(2), int8(100))) == intmax('int64'));
end

function good = survives(text)
    bytes = py.str(text).encode('utf-8', 'surrogateescape');
    good = isequal(char(py.str(text)), text) && isequal(double(py.len(bytes)), numel(text));
end
