function text = visible(text)
% VISIBLE  A text as it may be shown: what a terminal would obey is written out, as \x1b, and no link can be clicked.
%
%   Names and texts come from files that may be anybody's. Tabs and ends of lines stay.
text = char(text);
for code = unique(double(text(text < 32 | text == 127)))
    if ~any(code == [9 10])
        text = strrep(text, char(code), sprintf('\\x%02x', code));
    end
end
if any(text > 127)
    for code = 128:159
        sign = char(code);
        if touchtrain.internal.values.isOctave()
            sign = char([194 code]); % its texts are bytes of UTF-8
        end
        text = strrep(text, sign, sprintf('\\x%02x', code));
    end
end
text = regexprep(text, '<(?=a\s)', '< ', 'ignorecase');
end
