function [value, position] = pyunpack(child, bytes, position)
% PYUNPACK  Decode the value at POSITION of BYTES, in the wire format of octave_wire.py, and return the next position.
%
%   See also PYPACK

letter = char(bytes(position));
position = position + 1;
switch letter
    case 'D'
        value = typecast(bytes(position:position + 7), 'double');
        position = position + 8;
    case 'P'
        id = double(typecast(bytes(position:position + 3), 'uint32'));
        [type, position] = pyuntext(bytes, position + 4);
        [bases, position] = pyuntext(bytes, position);
        value = pyproxy(id, child.Generation, type, bases);
    case 'N'
        value = pyproxy(-1, 0, 'NoneType', 'object');
    case 'L'
        value = logical(bytes(position));
        position = position + 1;
    case 'S'
        [value, position] = pyuntext(bytes, position);
    case 'I'
        value = typecast(bytes(position:position + 7), 'int64');
        position = position + 8;
    case 'U'
        value = typecast(bytes(position:position + 7), 'uint64');
        position = position + 8;
    case 'Z'
        pair = typecast(bytes(position:position + 15), 'double');
        value = complex(pair(1), pair(2));
        position = position + 16;
    case 'A'
        [value, position] = unpackArray(bytes, position);
    case 'T'
        [value, position] = unpackCell(child, bytes, position);
    case 'M'
        [value, position] = unpackStruct(child, bytes, position);
end
end

function [value, position] = unpackArray(bytes, position)
    names = {'double', 'single', 'int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32', 'int64', 'uint64', 'uint8'};
    type = char(bytes(position));
    name = names{type == 'dfbBhHiIqQ?'};
    isPair = double(bytes(position + 1));
    dimensions = double(bytes(position + 2));
    position = position + 3 + 8 * dimensions;
    shape = double(typecast(bytes(position - 8 * dimensions:position - 1), 'uint64'));
    count = prod(shape) * (1 + isPair);
    if bytes(position) == 'f'
        [file, position] = pyuntext(bytes, position + 1);
        value = readAndUnlink(file, count, name);
    else
        byteCount = count * sizeof(zeros(1, name));
        value = typecast(bytes(position + 1:position + byteCount), name);
        position = position + 1 + byteCount;
    end
    if isPair
        value = complex(value(1:2:end), value(2:2:end));
    end
    if type == '?'
        value = logical(value);
    end
    value = reshape(value, shape);
end

function value = readAndUnlink(file, count, name)
    id = fopen(file, 'r');
    unlink(file);
    value = fread(id, count, ['*' name]);
    fclose(id);
end

function [value, position] = unpackCell(child, bytes, position)
    count = double(typecast(bytes(position:position + 3), 'uint32'));
    position = position + 4;
    value = cell(1, count);
    for k = 1:count
        [value{k}, position] = pyunpack(child, bytes, position);
    end
end

function [value, position] = unpackStruct(child, bytes, position)
    count = double(typecast(bytes(position:position + 3), 'uint32'));
    position = position + 4;
    value = struct();
    for k = 1:count
        [name, position] = pyuntext(bytes, position);
        [value.(name), position] = pyunpack(child, bytes, position);
    end
end
