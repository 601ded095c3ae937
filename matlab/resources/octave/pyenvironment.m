classdef pyenvironment < handle
% PYENVIRONMENT  Properties of the Python that py. uses, as PYENV returns them. They are always up to date.
%
%   TERMINATE(PYENV) ends the Python process; the next call starts a new one.
%
%   See also PYENV, PY

    properties (Dependent)
        Version
        Executable
        Library
        Home
        Status
        ExecutionMode
        ProcessID
        ProcessName
    end

    methods
        function value = get.Version(obj) %#ok<MANU>
            about = pyabout();
            value = about.Version;
        end

        function value = get.Executable(obj) %#ok<MANU>
            about = pyabout();
            value = about.Executable;
        end

        function value = get.Library(obj) %#ok<MANU>
            about = pyabout();
            value = about.Library;
        end

        function value = get.Home(obj) %#ok<MANU>
            about = pyabout();
            value = about.Home;
        end

        function value = get.Status(obj) %#ok<MANU>
            value = pystatus();
        end

        function value = get.ExecutionMode(obj) %#ok<MANU>
            value = 'OutOfProcess';
        end

        function value = get.ProcessID(obj) %#ok<MANU>
            value = '';
            if strcmp(pystatus(), 'Loaded')
                child = pysession();
                value = child.Pid;
            end
        end

        function value = get.ProcessName(obj) %#ok<MANU>
            value = '';
            if strcmp(pystatus(), 'Loaded')
                value = 'octave_host';
            end
        end

        function terminate(obj) %#ok<MANU>
            pystop(pysession());
        end

        function disp(obj)
            fprintf('  PythonEnvironment with properties:\n\n');
            names = {'Version', 'Executable', 'Library', 'Home', 'Status', 'ExecutionMode', 'ProcessID', 'ProcessName'};
            for k = 1:numel(names)
                value = obj.(names{k});
                if isnumeric(value)
                    fprintf('%17s: %d\n', names{k}, value);
                else
                    fprintf('%17s: ''%s''\n', names{k}, value);
                end
            end
            fprintf('\n');
        end

        function display(obj) %#ok<DISPLAY>
            fprintf('%s =\n\n', inputname(1));
            disp(obj);
        end
    end
end
