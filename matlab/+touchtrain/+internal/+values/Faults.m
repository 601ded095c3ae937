classdef Faults < handle
% FAULTS  What is wrong with a set of inputs, noted one by one and told all at once.
%
%   FAULTS = FAULTS() begins; ADD and CHECK note, RAISE tells.
    properties (SetAccess = private)
        rows = struct('identifier', {}, 'text', {})
    end
    methods
        function add(faults, identifier, text)
            % Note one thing. A text that is itself a list of faults from Python is taken apart.
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
            % Call the function handle ATTEMPT, without outputs, and note what it raises.
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
            % Raise all that was noted as one error; nothing happens where nothing was.
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
