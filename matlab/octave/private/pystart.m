function pystart(child)
% PYSTART  Start the Python process if there is none.

if child.Pid > 0
    if ~pyended(child)
        return
    end
    pystop(child);      % it died since the last call: the objects are gone, but a new call can work
end
release = getenv('TOUCHTRAIN_MATLAB_RELEASE');
if isempty(release)
    release = 'R2025a';
end
if ~any(strcmp(release, {'R2024b', 'R2025a'}))
    error('MATLAB:Python:UnknownRelease', ...
        'TOUCHTRAIN_MATLAB_RELEASE is ''%s''. It must be R2024b or R2025a, or not be set.', release);
end
executable = pyexecutable(child.Version);
guard = onCleanup(@() giveUp(child));
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
            'Python did not start from %s. What it wrote is above; Python 3.10 or newer is needed.', executable);
    end
    text = char(body);
end

function folder = baseFolder()
    % A folder in memory if there is one: large arrays travel as files.
    folder = '/dev/shm';
    [info, failed] = stat(folder);
    if failed || ~S_ISDIR(info.mode) || system(['test -w ' folder]) ~= 0
        folder = tempdir();
    end
end

function giveUp(child)
    % Interrupted, or failed, before the process could say that it is ready.
    if strcmp(child.Phase, 'starting')
        pystop(child);
    end
end
