function info = setup(varargin)
% SETUP  Find or make the Python that TouchTrain works with, and connect it.
%
%   touchtrain.setup finds a Python (3.11 or later) that has TouchTrain's packages, sets pyenv to it, remembers it for
%   the trainings, and says in a few lines what it did. It may be called any number of times. In GNU Octave it puts
%   py., pyargs and pyenv on the path. MATLAB R2022b or later is needed.
%   It looks at the environment variable TOUCHTRAIN_PYTHON, the environment .venv in the folder of TouchTrain, an
%   activated environment, the Python of the last setup, and that of pyenv. Where none of them will do, the error says
%   the command that makes one.
%
%   touchtrain.setup('Python', EXECUTABLE) takes that interpreter (path or command; char or string).
%   touchtrain.setup('Install', true) makes .venv and installs the packages where no Python is found (default false).
%   INFO = touchtrain.setup(...) prints nothing and returns a struct: version, host, python (that py. runs in),
%   job_python, keras, tensorflow, note.
%
%   Example
%     addpath('matlab');
%     touchtrain.setup
%
%   See also touchtrain.doctor, touchtrain.options, touchtrain.convertVideos, touchtrain.train, pyenv
given = touchtrain.internal.options.ownOptions(varargin, struct('Python', '', 'Install', false));
if ~isempty(given.Python) && ~touchtrain.internal.values.isText(given.Python)
    error('TouchTrain:BadOption', 'Python must be the path of an interpreter. It is a %s.', class(given.Python));
elseif numel(given.Install) ~= 1 || ~(islogical(given.Install) || isnumeric(given.Install))
    error('TouchTrain:BadOption', 'Install must be true or false.');
end

[host, range, release] = touchtrain.internal.setup.hostRelease();
if ~isempty(release) && isempty(range)
    error('TouchTrain:PythonNotFound', ...
        'TouchTrain needs MATLAB R2022b or later; this is R%s, which loads no Python newer than 3.9.', release);
end
touchtrain.internal.setup.addOctaveFolder();
job = findOrMakePython(char(given.Python), given.Install, range);
[executable, note] = touchtrain.internal.setup.pythonForHost(job, range);
[found, about] = connected(job.executable, note, range);
setenv('TOUCHTRAIN_PYTHON', job.executable); % so that a further call in this session finds the same
result = struct('version', about.version, 'host', host, 'python', executable, 'job_python', job.executable, ...
    'keras', found.keras, 'tensorflow', found.tensorflow, 'note', note);
if nargout > 0
    info = result;
else
    fprintf('TouchTrain %s in %s\n', result.version, host);
    fprintf('  py. runs in        %s (Python %s)\n', executable, about.python_version);
    fprintf('  trainings run in   %s (Keras %s, TensorFlow %s)\n', job.executable, found.keras, found.tensorflow);
    if ~isempty(note)
        fprintf('  note: %s\n', note);
    end
end
end

function job = findOrMakePython(named, install, range)
% The Python for trainings: the one that is named, else one that is found, else a new one; see PYTHONFACTS.
if ~isempty(named)
    if isfile(named)
        named = touchtrain.internal.values.absolutePath(named, 'Python');
    end
    job = touchtrain.internal.python.pythonFacts(named);
    if ~isempty(job.fault)
        error('TouchTrain:PythonNotFound', '%s Name another by the option Python.', job.fault);
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
error('TouchTrain:PythonNotFound', '%s', strjoin([{'There is no Python with the packages of TouchTrain yet.'}, ...
    others, {touchtrain.internal.setup.howToMakePython()}], sprintf('\n')));
end

function [found, about] = connected(executable, note, range)
% Record the Python of the trainings, and ask the one that py. runs in about itself.
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
    error('TouchTrain:PythonNotFound', '%s\ntouchtrain.doctor tells more.', strjoin(parts, sprintf('\n')));
end
end
