function text = visible(text)
% VISIBLE  Text that is safe to print: control characters are escaped, such as \x1b, and links are disabled.
%
%   Names and texts can come from untrusted files. Tabs and newlines are kept.
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
            sign = char([194 code]); % Octave text is UTF-8 bytes
        end
        text = strrep(text, sign, sprintf('\\x%02x', code));
    end
end
text = regexprep(text, '<(?=a\s)', '< ', 'ignorecase');
end
