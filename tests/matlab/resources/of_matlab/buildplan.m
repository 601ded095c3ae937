classdef buildplan < handle
    % BUILDPLAN  Stands in for MATLAB's function in GNU Octave: what buildfile uses of a plan.
    properties
        Tasks = struct()
        DefaultTasks = {}
    end

    methods
        function plan = buildplan(functions)
            for k = 1:numel(functions)
                name = regexp(func2str(functions{k}), '^@?(\w+)Task$', 'tokens', 'once');
                if ~isempty(name)
                    plan.Tasks.(name{1}) = struct('Action', functions{k}, 'Dependencies', {{}});
                end
            end
        end

        function plan = subsasgn(plan, place, value)
            if strcmp(place(1).type, '()')
                plan.Tasks.(place(1).subs{1}).(place(2).subs) = value;
            else
                plan.(place(1).subs) = value;
            end
        end

        function n = numel(varargin)
            n = 1; % else Octave counts the letters in plan('name')
        end
    end
end
