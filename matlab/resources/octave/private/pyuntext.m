function [text, position] = pyuntext(bytes, position)
% PYUNTEXT  Decode the text at POSITION of BYTES, and return the next position.

count = double(typecast(bytes(position:position + 3), 'uint32'));
text = char(bytes(position + 4:position + 3 + count));
if count == 0
    text = '';
end
position = position + 4 + count;
end
