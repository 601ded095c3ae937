classdef pyproxy < pymethods
% PYPROXY  Python object in Octave: the result of a py. call that has no MATLAB type.
%
%   O.NAME, O.NAME(ARGUMENTS), O{INDEX} and O(INDEX) work as in MATLAB; indices start at 1. So do DOUBLE, SINGLE, INT8
%   to UINT64, LOGICAL, CHAR, STRING, CELL, STRUCT, SIZE, LENGTH, ISEMPTY, ISA, CLASS, ISEQUAL and the Python operators.
%   The object exists until the last variable that references it is cleared.
%
%   See also PY, PYENV

    properties (Access = private)
        PyproxyId = 0;              % 0: the root of all names; -1: None
        PyproxyGeneration = 0;      % of the Python process that holds the object
        Type = '';                  % name of the Python class, without 'py.'
        Bases = '';                 % its base classes, with blanks between them
    end

    methods
        function obj = pyproxy(id, generation, type, bases)
            obj.PyproxyId = id;
            obj.PyproxyGeneration = generation;
            obj.Type = type;
            obj.Bases = bases;
        end

        function delete(obj)
            try
                if obj.PyproxyId > 0
                    pydrop(obj.PyproxyId, obj.PyproxyGeneration);
                end
            catch   % the class was cleared, see SUBSREF
            end
        end

        function [id, generation] = identify(obj)
            id = obj.PyproxyId;
            generation = obj.PyproxyGeneration;
        end

        function varargout = subsref(obj, steps)
            if nargout > 1
                error('MATLAB:TooManyOutputs', 'Too many output arguments. A Python call has one output.');
            end
            if strcmp(steps(1).subs, 'PyproxyId')
                error('MATLAB:Python:ObjectGone', ...   % the name gets here only after its class was cleared
                    'This Python object is invalid, because ''clear functions'' cleared its class. Create it again.');
            end
            value = pycall('chain', obj, steps);
            if nargout > 0 || ~(isobject(value) && identify(value) == -1)
                varargout{1} = value;   % as a separate statement, a call that returns None shows nothing
            end
        end

        function obj = subsasgn(obj, steps, value)
            pycall('assign', obj, steps, value);
        end

        function name = class(obj)
            name = ['py.' obj.Type];
        end

        function tf = isa(obj, name)
            names = [strcat('py.', [{obj.Type}, strsplit(obj.Bases, ' ')]), {'pyproxy', 'handle'}];
            if ischar(name)
                tf = any(strcmp(name, names));
            else
                tf = ismember(name, names);
            end
        end

        function disp(obj)
            if obj.PyproxyId > 0 && ~pyisalive(obj.PyproxyGeneration)
                fprintf('  Python %s of a process that has ended\n\n', obj.Type);
            elseif obj.PyproxyId == 0
                fprintf('  Root of the Python name space\n\n');
            else
                fprintf('  Python %s:\n\n    %s\n\n', obj.Type, strrep(pycall('function', 'show', obj), ...
                    char(10), [char(10) '    '])); %#ok<CHARTEN>
            end
        end

        function display(obj) %#ok<DISPLAY>
            fprintf('%s =\n\n', inputname(1));
            disp(obj);
        end

        function varargout = size(obj, dimensions)
            sizes = [1 1];
            if obj.PyproxyId > 0   % Octave itself requests the size of the root
                sizes = pycall('function', 'size', obj);
            end
            if nargin > 1
                sizes(end + 1:max(dimensions)) = 1;
                varargout{1} = sizes(dimensions);
            elseif nargout < 2
                varargout{1} = sizes;
            else
                sizes(end + 1:nargout) = 1;
                sizes = [sizes(1:nargout - 1), prod(sizes(nargout:end))];
                varargout = num2cell(sizes);
            end
        end

        function n = numel(obj, varargin) %#ok<INUSD>
            n = 1;      % Octave calls it before every assignment; a value above 1 would break o.a.b = 1
        end

        function n = length(obj)
            sizes = pycall('function', 'size', obj);
            n = max(sizes) * all(sizes > 0);
        end

        function n = ndims(obj)
            n = numel(pycall('function', 'size', obj));
        end

        function tf = isempty(obj)
            tf = any(pycall('function', 'size', obj) == 0);
        end

        function n = end(obj, place, count)
            n = pycall('function', 'end', obj, place, count);
        end

        function tf = isequal(varargin)
            tf = pycall('function', 'isequal', varargin{:});
        end

        function text = char(obj)
            text = pycall('function', 'char', obj);
        end

        function text = string(obj)
            text = pycall('function', 'string', obj);
        end

        function values = cell(varargin)
            values = pycall('function', 'cell', varargin{:});
        end

        function fields = struct(varargin)
            if nargin == 1
                fields = pycall('function', 'struct', varargin{1});
            else
                fields = builtin('struct', varargin{:});    % struct('name', object, ...)
            end
        end

        function x = double(obj)
            x = double(pycall('function', 'number', obj, 'double'));
        end

        function x = single(obj)
            x = single(pycall('function', 'number', obj, 'single'));
        end

        function x = logical(obj)
            x = logical(pycall('function', 'number', obj, 'logical'));
        end

        function x = int8(obj)
            x = int8(pycall('function', 'number', obj, 'int8'));
        end

        function x = int16(obj)
            x = int16(pycall('function', 'number', obj, 'int16'));
        end

        function x = int32(obj)
            x = int32(pycall('function', 'number', obj, 'int32'));
        end

        function x = int64(obj)
            x = int64(pycall('function', 'number', obj, 'int64'));
        end

        function x = uint8(obj)
            x = uint8(pycall('function', 'number', obj, 'uint8'));
        end

        function x = uint16(obj)
            x = uint16(pycall('function', 'number', obj, 'uint16'));
        end

        function x = uint32(obj)
            x = uint32(pycall('function', 'number', obj, 'uint32'));
        end

        function x = uint64(obj)
            x = uint64(pycall('function', 'number', obj, 'uint64'));
        end
    end
end
