function body = pypack(child, sequence, operation, arguments)
% PYPACK  Encode a request in the wire format of octave_wire.py, as a row of uint8.
%
%   OPERATION and ARGUMENTS are the inputs of PYCALL. Values are converted by the rules of MATLAB for py. arguments.
%
%   See also PYUNPACK

switch operation
    case 'chain'
        content = [uint8('C'), packValue(child, arguments{1}), packSteps(child, arguments{2})];
    case 'assign'
        content = [uint8('='), packValue(child, arguments{1}), packSteps(child, arguments{2}), ...
            packValue(child, arguments{3})];
    case 'function'
        content = [uint8('X'), packName(arguments{1}), packMany(child, arguments(2:end))];
end
dropped = child.Dropped;
if ~isempty(dropped)
    child.Dropped = [];
end
folder = pwd();
if strcmp(folder, child.CurrentFolder)
    folder = '';
else
    child.CurrentFolder = folder;
end
body = [typecast(uint32([sequence, numel(folder)]), 'uint8'), uint8(folder), ...
    typecast(uint32([numel(dropped), dropped]), 'uint8'), content];
end

function bytes = packName(text)
    bytes = [typecast(uint32(numel(text)), 'uint8'), uint8(text)];
end

function bytes = packMany(child, values)
    parts = cell(1, numel(values));
    for k = 1:numel(values)
        parts{k} = packValue(child, values{k});
    end
    bytes = [typecast(uint32(numel(values)), 'uint8'), parts{:}];
end

function bytes = packSteps(child, steps)
    parts = cell(1, numel(steps));
    for k = 1:numel(steps)
        content = steps(k).subs;
        if steps(k).type(1) == '.'
            parts{k} = [uint8('.'), typecast(uint32(numel(content)), 'uint8'), uint8(content)];
        else
            parts{k} = [uint8(steps(k).type(1)), packMany(child, content)];
        end
    end
    bytes = [typecast(uint32(numel(steps)), 'uint8'), parts{:}];
end

function bytes = packValue(child, x)
    if ischar(x)
        bytes = packText(x);
    elseif isobject(x)
        bytes = packObject(child, x);
    elseif iscell(x)
        bytes = packCell(child, x);
    elseif isstruct(x)
        bytes = packStruct(child, x);
    elseif (isnumeric(x) || islogical(x)) && ~issparse(x)
        if numel(x) == 1
            bytes = packScalar(x);
        else
            bytes = packArray(child, full(x));
        end
    elseif isa(x, 'function_handle')
        bytes = packHandle(x);
    else
        refuseType(x);
    end
end

function bytes = packText(x)
    if rows(x) > 1 || ndims(x) > 2
        refuseShape('char');
    end
    bytes = [uint8('S'), packName(x)];
end

function bytes = packObject(child, x)
    switch builtin('class', x)
        case 'pyproxy'
            [id, generation] = identify(x);
            if id > 0 && generation ~= child.Generation
                error('MATLAB:Python:ObjectGone', ...
                    'This Python object is invalid, because its Python process has ended. Create it again.');
            end
            if id < 0
                bytes = uint8('N');
            else
                bytes = [uint8('P'), typecast(uint32(id), 'uint8')];
            end
        case 'pyargs'
            bytes = [uint8('K'), packFields(child, x.Names, x.Values)];
        otherwise
            refuseType(x);
    end
end

function bytes = packCell(child, x)
    % Up to R2024b, only 1-by-N cell arrays are documented; since R2025a, any cell vector.
    isRow = ndims(x) == 2 && (rows(x) == 1 || isempty(x));
    isColumn = ndims(x) == 2 && columns(x) == 1 && ~strcmp(child.Release, 'R2024b');
    if ~isRow && ~isColumn
        refuseShape('cell');
    end
    bytes = [uint8('T'), packMany(child, x)];
end

function bytes = packStruct(child, x)
    if numel(x) ~= 1
        refuseShape('struct');
    end
    bytes = [uint8('M'), packFields(child, fieldnames(x), struct2cell(x))];
end

function bytes = packFields(child, names, values)
    parts = cell(2, numel(names));
    for k = 1:numel(names)
        parts{1, k} = packName(names{k});
        parts{2, k} = packValue(child, values{k});
    end
    bytes = [typecast(uint32(numel(names)), 'uint8'), parts{:}];
end

function bytes = packScalar(x)
    if islogical(x)
        bytes = [uint8('L'), uint8(x)];
    elseif isa(x, 'uint64')
        bytes = [uint8('U'), typecast(x, 'uint8')];
    elseif isinteger(x)
        bytes = [uint8('I'), typecast(int64(x), 'uint8')];
    elseif isreal(x)
        bytes = [uint8('D'), typecast(double(x), 'uint8')];
    else
        bytes = [uint8('Z'), typecast([double(real(x)), double(imag(x))], 'uint8')];
    end
end

function bytes = packArray(child, x)
    [type, width, name] = typeOf(x);
    isPair = ~isreal(x);
    if isPair
        if strcmp(child.Release, 'R2024b')
            error('MATLAB:Python:UnsupportedInputTypeError', ...
                'Conversion of complex MATLAB ''%s'' arrays to Python is not supported.', class(x));
        end
        elements = [real(x(:)).'; imag(x(:)).'];
    else
        elements = x;
    end
    shape = size(x);
    head = [uint8(['A', type]), uint8([isPair, numel(shape)]), typecast(uint64(shape), 'uint8')];
    if numel(elements) * width >= 2^20
        bytes = [head, uint8('f'), packName(pyfile(child, elements, name))];
    elseif islogical(x) || isa(x, 'uint8')
        bytes = [head, uint8('i'), reshape(uint8(elements), 1, [])];
    else
        bytes = [head, uint8('i'), typecast(reshape(elements, 1, []), 'uint8')];
    end
end

function [type, width, name] = typeOf(x)
    % Typecode of Python's array module, bytes per element, and the class to write to a file.
    names = {'double', 'single', 'int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32', 'int64', 'uint64', 'logical'};
    types = 'dfbBhHiIqQ?';
    widths = [8 4 1 1 2 2 4 4 8 8 1];
    place = find(strcmp(class(x), names));
    type = types(place);
    width = widths(place);
    name = names{place};
    if islogical(x)
        name = 'uint8';
    end
end

function bytes = packHandle(x)
    name = func2str(x);
    if ~strncmp(name, 'py.', 3)
        refuseType(x);
    end
    bytes = [uint8('H'), packName(name(4:end))];
end

function refuseShape(name)
    error('MATLAB:Python:UnsupportedInputArraySizeError', ...
        'Conversion of MATLAB ''%s'' to Python is only supported for 1-N vectors.', name);
end

function refuseType(x)
    name = class(x);
    if issparse(x)
        name = ['sparse ' name];
    end
    error('MATLAB:Python:UnsupportedInputTypeError', ...
        'Conversion of MATLAB ''%s'' to Python is not supported.', name);
end
