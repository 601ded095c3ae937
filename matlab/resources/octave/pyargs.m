classdef pyargs
% PYARGS  Keyword arguments of a Python call.
%
%   PY.MODULE.FUNCTION(A, PYARGS('NAME', VALUE, ...)) passes the keyword arguments NAME=VALUE, ... after the positional
%   arguments. NAME is a char vector. PYARGS must be the last argument of the call.
%
%   See also PY

    properties (SetAccess = private)
        Names = {};
        Values = {};
    end

    methods
        function obj = pyargs(varargin)
            names = varargin(1:2:end);
            if mod(nargin, 2) ~= 0 || ~iscellstr(names) || any(cellfun('isempty', names))
                error('MATLAB:Python:InvalidKeywords', ...
                    'pyargs requires pairs of a name (char vector) and a value. Example: pyargs(''key'', 1).');
            end
            obj.Names = names;
            obj.Values = varargin(2:2:end);
        end
    end
end
