classdef pymethods < handle
% PYMETHODS  Operators and methods of Python objects that can be called as functions: append(list, x).
%
%   Octave finds a method in function syntax only if a class defines it, so this class lists the methods of Python's
%   built-in types. OBJECT.METHOD(ARGUMENTS) works for all methods of all objects.
%
%   See also PYPROXY

    methods
        function value = plus(a, b)
            value = pyoperate('add', a, b);
        end

        function value = minus(a, b)
            value = pyoperate('sub', a, b);
        end

        function value = mtimes(a, b)
            value = pyoperate('mul', a, b);
        end

        function value = times(a, b)
            value = pyoperate('mul', a, b);
        end

        function value = mrdivide(a, b)
            value = pyoperate('truediv', a, b);
        end

        function value = rdivide(a, b)
            value = pyoperate('truediv', a, b);
        end

        function value = mpower(a, b)
            value = pyoperate('pow', a, b);
        end

        function value = power(a, b)
            value = pyoperate('pow', a, b);
        end

        function value = eq(a, b)
            value = pyoperate('eq', a, b);
        end

        function value = ne(a, b)
            value = pyoperate('ne', a, b);
        end

        function value = lt(a, b)
            value = pyoperate('lt', a, b);
        end

        function value = le(a, b)
            value = pyoperate('le', a, b);
        end

        function value = gt(a, b)
            value = pyoperate('gt', a, b);
        end

        function value = ge(a, b)
            value = pyoperate('ge', a, b);
        end

        function value = and(a, b)
            value = pyoperate('and_', a, b);
        end

        function value = or(a, b)
            value = pyoperate('or_', a, b);
        end

        function value = uminus(a)
            value = pyoperate('neg', a);
        end

        function value = uplus(a)
            value = pyoperate('pos', a);
        end

        function value = not(a)
            value = pyoperate('not_', a);
        end
    end

    methods
        function varargout = append(varargin)
            [varargout{1:nargout}] = pymethod('append', varargin{:});
        end

        function varargout = clear(varargin)
            [varargout{1:nargout}] = pymethod('clear', varargin{:});
        end

        function varargout = copy(varargin)
            [varargout{1:nargout}] = pymethod('copy', varargin{:});
        end

        function varargout = count(varargin)
            [varargout{1:nargout}] = pymethod('count', varargin{:});
        end

        function varargout = decode(varargin)
            [varargout{1:nargout}] = pymethod('decode', varargin{:});
        end

        function varargout = encode(varargin)
            [varargout{1:nargout}] = pymethod('encode', varargin{:});
        end

        function varargout = endswith(varargin)
            [varargout{1:nargout}] = pymethod('endswith', varargin{:});
        end

        function varargout = extend(varargin)
            [varargout{1:nargout}] = pymethod('extend', varargin{:});
        end

        function varargout = find(varargin)
            [varargout{1:nargout}] = pymethod('find', varargin{:});
        end

        function varargout = format(varargin)
            [varargout{1:nargout}] = pymethod('format', varargin{:});
        end

        function varargout = get(varargin)
            [varargout{1:nargout}] = pymethod('get', varargin{:});
        end

        function varargout = index(varargin)
            [varargout{1:nargout}] = pymethod('index', varargin{:});
        end

        function varargout = insert(varargin)
            [varargout{1:nargout}] = pymethod('insert', varargin{:});
        end

        function varargout = items(varargin)
            [varargout{1:nargout}] = pymethod('items', varargin{:});
        end

        function varargout = join(varargin)
            [varargout{1:nargout}] = pymethod('join', varargin{:});
        end

        function varargout = keys(varargin)
            [varargout{1:nargout}] = pymethod('keys', varargin{:});
        end

        function varargout = lower(varargin)
            [varargout{1:nargout}] = pymethod('lower', varargin{:});
        end

        function varargout = pop(varargin)
            [varargout{1:nargout}] = pymethod('pop', varargin{:});
        end

        function varargout = remove(varargin)
            [varargout{1:nargout}] = pymethod('remove', varargin{:});
        end

        function varargout = replace(varargin)
            [varargout{1:nargout}] = pymethod('replace', varargin{:});
        end

        function varargout = reshape(varargin)
            [varargout{1:nargout}] = pymethod('reshape', varargin{:});
        end

        function varargout = reverse(varargin)
            [varargout{1:nargout}] = pymethod('reverse', varargin{:});
        end

        function varargout = setdefault(varargin)
            [varargout{1:nargout}] = pymethod('setdefault', varargin{:});
        end

        function varargout = sort(varargin)
            [varargout{1:nargout}] = pymethod('sort', varargin{:});
        end

        function varargout = split(varargin)
            [varargout{1:nargout}] = pymethod('split', varargin{:});
        end

        function varargout = startswith(varargin)
            [varargout{1:nargout}] = pymethod('startswith', varargin{:});
        end

        function varargout = strip(varargin)
            [varargout{1:nargout}] = pymethod('strip', varargin{:});
        end

        function varargout = tolist(varargin)
            [varargout{1:nargout}] = pymethod('tolist', varargin{:});
        end

        function varargout = update(varargin)
            [varargout{1:nargout}] = pymethod('update', varargin{:});
        end

        function varargout = upper(varargin)
            [varargout{1:nargout}] = pymethod('upper', varargin{:});
        end

        function varargout = values(varargin)
            [varargout{1:nargout}] = pymethod('values', varargin{:});
        end
    end
end
