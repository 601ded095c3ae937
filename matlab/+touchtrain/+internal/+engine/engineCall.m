function [fault, varargout] = engineCall(name, varargin)
% ENGINECALL  Call a function for Python, and return its error instead of raising it.
%
%   [FAULT, OUTPUT, ...] = ENGINECALL(NAME, INPUT, ...): FAULT is a cell array {identifier, message, where}; all are
%   empty if the call succeeded. where has one line per function on the stack. If Python cannot represent an output,
%   FAULT is TouchTrain:BadValue.
fault = {'', '', ''};
varargout = repmat({[]}, 1, max(0, nargout - 1));
try
    if nargout > 1
        [varargout{:}] = feval(name, varargin{:});
    else
        feval(name, varargin{:});
    end
    for k = 1:numel(varargout)
        problem = touchtrain.internal.engine.unsupportedValue(varargout{k}, sprintf('output %d', k));
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
        fault{2} = 'The function failed without a message.';
    end
end
end
