classdef Faults < handle
% FAULTS  Collect the errors in a set of inputs, and raise them as one error.
%
%   FAULTS = FAULTS() creates an empty list; ADD and CHECK add errors, RAISE raises them.
    properties (SetAccess = private)
        rows = struct('identifier', {}, 'text', {})
    end
    methods
        function add(faults, identifier, text)
            % Add one error. A text from Python that lists several errors is split.
            items = {text};
            if ~isempty(regexp(text, '^\d+ things are wrong:\n', 'once'))
                items = regexp(text, '\n  \d+\. (.*?)(?=\n  \d+\. |$)', 'tokens');
                items = cellfun(@(item) item{1}, items, 'UniformOutput', false);
            end
            for k = 1:numel(items)
                faults.rows(end + 1) = struct('identifier', identifier, 'text', items{k});
            end
        end

        function check(faults, attempt)
            % Call the function handle ATTEMPT without outputs, and add the error that it raises.
            try
                attempt();
            catch err
                if ~strncmp(err.identifier, 'TouchTrain:', 11)
                    rethrow(err);
                end
                faults.add(err.identifier, err.message);
            end
        end

        function raise(faults)
            % Raise all errors as one. An empty list raises nothing.
            found = faults.rows;
            if numel(found) == 1
                touchtrain.internal.python.raiseError(found.identifier, found.text);
            elseif ~isempty(found)
                lines = cell(1, numel(found));
                for k = 1:numel(found)
                    lines{k} = sprintf('  %d. %s', k, found(k).text);
                end
                touchtrain.internal.python.raiseError(found(1).identifier, ...
                    sprintf('%d things are wrong:\n%s', numel(found), strjoin(lines, sprintf('\n'))));
            end
        end
    end
end
