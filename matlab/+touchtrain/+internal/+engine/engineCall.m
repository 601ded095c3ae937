function [fault, varargout] = engineCall(name, varargin)
% ENGINECALL  Call a function for Python, and return its error instead of raising it.
%
%   [FAULT, OUTPUT, ...] = ENGINECALL(NAME, INPUT, ...): FAULT is a cell {identifier, message, where}, of empty texts
%   where all went well; where is a line for each function that was at work. An output that Python cannot take is the
%   fault TouchTrain:BadValue.
fault = {'', '', ''};
varargout = repmat({[]}, 1, max(0, nargout - 1));
try
    if nargout > 1
        [varargout{:}] = feval(name, varargin{:});
    else
        feval(name, varargin{:});
    end
    for k = 1:numel(varargout)
        problem = touchtrain.internal.engine.engineUnfit(varargout{k}, sprintf('output %d', k));
        if ~isempty(problem)
            varargout = repmat({[]}, 1, numel(varargout));
            fault = {'TouchTrain:BadValue', problem, ''};
            return
        end
    end
catch err
    isOurs = ismember({err.stack.name}, {'engineCall', 'engine_answer'});
    places = arrayfun(@(one) sprintf('%s, line %d', one.name, one.line), reshape(err.stack(~isOurs), 1, []), ...
        'UniformOutput', false);
    fault = {err.identifier, err.message, strjoin(places, sprintf('\n'))};
    if isempty(fault{2})
        fault{2} = 'It ended without a message.';
    end
end
end
