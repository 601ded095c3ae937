function pystart(child)
% PYSTART  Start the Python process if none is running.

if child.Pid > 0
    if ~pyended(child)
        return
    end
    pystop(child);      % it ended since the last call: its objects are lost, but a new call can succeed
end
release = getenv('TOUCHTRAIN_MATLAB_RELEASE');
if isempty(release)
    release = 'R2025a';
end
if ~any(strcmp(release, {'R2024b', 'R2025a'}))
    error('MATLAB:Python:UnknownRelease', ...
        'TOUCHTRAIN_MATLAB_RELEASE is ''%s''. It must be R2024b, R2025a or unset.', release);
end
executable = pyexecutable(child.Version);
guard = onCleanup(@() stopUnready(child));
launch(child, executable, release);
child.Phase = 'starting';
child.Generation = child.Generation + 1;
lines = strsplit(greeting(child, executable), char(10)); %#ok<CHARTEN>
child.About = pyfacts(lines, executable);
child.Folder = lines{6};
child.Release = release;
child.WasLoaded = true;
child.Phase = 'idle';
end

function launch(child, executable, release)
    restore = pycleanenv(); %#ok<NASGU>
    [child.ToPython, child.FromPython, child.Pid] = popen2(executable, {pyhost(), '--serve', release, baseFolder()});
    child.IsBlocking = ispc();
    if ~child.IsBlocking
        fcntl(child.FromPython, F_SETFL(), O_NONBLOCK());
    end
end

function text = greeting(child, executable)
    [kind, body] = pyframe(child, 60);
    if isempty(kind)
        pystop(child);
        error('MATLAB:Python:PythonUnavailable', ...
            'Python did not start from %s. See its output above; Python 3.10 or later is required.', executable);
    end
    text = char(body);
end

function folder = baseFolder()
    % A folder in memory if possible, for the files that transfer large arrays.
    folder = '/dev/shm';
    [info, failed] = stat(folder);
    if failed || ~S_ISDIR(info.mode) || system(['test -w ' folder]) ~= 0
        folder = tempdir();
    end
end

function stopUnready(child)
    % Stop a process whose start was interrupted or failed before it was ready.
    if strcmp(child.Phase, 'starting')
        pystop(child);
    end
end
