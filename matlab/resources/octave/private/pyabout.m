function about = pyabout()
% PYABOUT  Version, Executable, Library and Home of the Python that runs, or would be started.

persistent known
child = pysession();
if strcmp(pystatus(), 'Loaded')
    about = child.About;
    return
end
executable = pyexecutable(child.Version);
if isempty(known) || ~strcmp(known.Command, executable)
    restore = pycleanenv();
    [status, text] = system([quoted(executable) ' ' quoted(pyhost()) ' --about']);
    clear('restore');
    lines = strsplit(strtrim(text), char(10)); %#ok<CHARTEN>
    if status ~= 0 || numel(lines) < 5
        error('MATLAB:Python:PythonUnavailable', 'Python could not start from %s: %s', executable, strtrim(text));
    end
    known = pyfacts(lines, executable);
end
about = known;
end

function text = quoted(text)
    % A path as a word for the shell.
    if ispc()
        text = ['"' text '"'];
    else
        text = ['''' strrep(text, '''', '''\''''') ''''];
    end
end
