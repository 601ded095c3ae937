function info = setup(varargin)
% SETUP  Find or install the Python environment for TouchTrain and connect to it.
%
%   touchtrain.setup finds a Python (3.11 to 3.13) that has the TouchTrain packages, sets pyenv, stores the choice for
%   later trainings, and prints a short summary. You can call it any number of times. In GNU Octave it also adds py.,
%   pyargs and pyenv to the path. MATLAB R2022b or later is required. Compiled applications and thread pools are not
%   supported, because MATLAB has no py. there.
%   It searches, in this order: the environment variable TOUCHTRAIN_PYTHON, the environment .venv in the TouchTrain
%   folder (of an installed toolbox: the folder touchtrain/env of this user), an activated environment, the Python of
%   the last setup, the Python of pyenv, and the Pythons that are installed on this computer. If none is suitable, the
%   error message shows the command that creates one.
%
%   touchtrain.setup('Python', EXECUTABLE) uses this interpreter (path or command; char or string).
%   touchtrain.setup('Install', true) creates this environment and installs the packages if no Python is found.
%   Default: false.
%   INFO = touchtrain.setup(...) prints nothing and returns a struct: version, host, python (the Python that py. runs
%   in), job_python, keras, tensorflow, note.
%
%   Example
%     addpath('matlab');
%     touchtrain.setup
%
%   See also touchtrain.doctor, touchtrain.options, touchtrain.convertVideos, touchtrain.train, pyenv
given = touchtrain.internal.options.ownOptions(varargin, struct('Python', '', 'Install', false));
if touchtrain.internal.values.isBlank(given.Python)
    given.Python = '';
elseif ~touchtrain.internal.values.isText(given.Python)
    error('TouchTrain:BadOption', 'Python must be the path of an interpreter. It is a %s.', ...
        touchtrain.internal.values.kindOf(given.Python));
end
given.Install = touchtrain.internal.options.truth(given.Install, 'Install');

[host, range, release] = touchtrain.internal.setup.hostRelease();
if ~isempty(release) && isempty(range)
    error('TouchTrain:PythonNotFound', ...
        'TouchTrain requires MATLAB R2022b or later. This is R%s, which supports Python 3.9 at most.', release);
end
touchtrain.internal.setup.addOctaveFolder();
job = findOrMakePython(char(given.Python), given.Install, range);
[executable, note] = touchtrain.internal.setup.pythonForHost(job, range, ~isempty(given.Python));
now = touchtrain.internal.setup.currentPython();
if nargout == 0 && now.isInProcess && ~now.isLoaded
    fprintf('MATLAB now loads %s and keeps it until MATLAB is restarted.\n', executable);
end
[found, about] = connected(job.executable, note, range);
setenv('TOUCHTRAIN_PYTHON', job.executable); % later calls in this session find the same Python
result = struct('version', about.version, 'host', host, 'python', executable, 'job_python', job.executable, ...
    'keras', found.keras, 'tensorflow', found.tensorflow, 'note', note);
if nargout > 0
    info = result;
else
    fprintf('TouchTrain %s in %s\n', result.version, host);
    fprintf('  py. runs in        %s (Python %s)\n', executable, about.python_version);
    fprintf('  trainings run in   %s (Keras %s, TensorFlow %s)\n', job.executable, found.keras, found.tensorflow);
    if ~isempty(note)
        fprintf('  warning: %s\n', note);
    end
end
end

function job = findOrMakePython(named, install, range)
% Facts of the training Python (see PYTHONFACTS): the Python of the option, or one that is found, or a new one.
if ~isempty(named)
    if isfile(named)
        named = touchtrain.internal.values.absolutePath(named, 'Python');
    end
    job = touchtrain.internal.python.pythonFacts(named);
    if ~isempty(job.fault)
        error('TouchTrain:PythonNotFound', '%s Set the option Python to another interpreter.', job.fault);
    end
    return
end
[job, others] = touchtrain.internal.setup.pythonForJobs();
if ~isempty(job)
    return
end
[root, isRepo] = touchtrain.internal.python.packageRoot();
if isRepo && install
    job = touchtrain.internal.setup.installPython(root, range);
    return
end
error('TouchTrain:PythonNotFound', '%s', strjoin([{'No Python with the TouchTrain packages was found.'}, ...
    others, {touchtrain.internal.setup.installHint()}], sprintf('\n')));
end

function [found, about] = connected(executable, note, range)
% Record the training Python, and get the version of the Python that py. runs in.
try
    found = touchtrain.internal.python.askPython('record_python', executable);
    about = touchtrain.internal.python.askPython('about');
catch err
    meaning = touchtrain.internal.python.explainPython(err.message, touchtrain.internal.setup.currentPython(), ...
        executable, range);
    parts = {note, err.message, meaning};
    parts = parts(~cellfun(@isempty, parts));
    if numel(parts) == 1
        rethrow(err);
    end
    error('TouchTrain:PythonNotFound', '%s\nFor details, run touchtrain.doctor.', strjoin(parts, sprintf('\n')));
end
end
