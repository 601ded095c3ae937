function text = countText(n, noun)
% COUNTTEXT  Number with a noun: '1 frame', '2 frames'.
text = sprintf('%d %s', n, noun);
if n ~= 1
    text = [text 's'];
end
end
