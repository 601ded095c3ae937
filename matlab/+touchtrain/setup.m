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
%   See also touchtrain.options, touchtrain.convertVideos, touchtrain.train, pyenv
given = touchtrain.internal.ownOptions(varargin, struct('Python', '', 'Install', false));
if ~isempty(given.Python) && ~touchtrain.internal.isText(given.Python)
    error('TouchTrain:BadOption', 'Python must be the path of an interpreter. It is a %s.', class(given.Python));
elseif numel(given.Install) ~= 1 || ~(islogical(given.Install) || isnumeric(given.Install))
    error('TouchTrain:BadOption', 'Install must be true or false.');
end

[host, range] = hostRelease();
touchtrain.internal.addOctaveFolder();
job = findOrMakePython(char(given.Python), given.Install, range);
[executable, note] = touchtrain.internal.pythonForHost(job, range);
[found, about] = connected(job.executable, note);
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

function [host, range] = hostRelease()
% Name of this MATLAB or Octave, and the Python versions that it loads: [lowest highest] minor version of Python 3, []
% in Octave, where py. runs whatever there is. A MATLAB that is too old is an error.
range = [];
if touchtrain.internal.isOctave()
    host = ['GNU Octave ' OCTAVE_VERSION()]; % Octave only
else
    release = version('-release'); % MATLAB only
    host = ['MATLAB R' release];
    range = touchtrain.internal.pythonRange(release);
    if isempty(range)
        error('TouchTrain:PythonNotFound', ...
            'TouchTrain needs MATLAB R2022b or later; this is R%s, which loads no Python newer than 3.9.', release);
    end
end
end

function job = findOrMakePython(named, install, range)
% The Python for trainings: the one that is named, else one that is found, else a new one; see PYTHONFACTS.
if ~isempty(named)
    if isfile(named)
        named = touchtrain.internal.absolutePath(named, 'Python');
    end
    job = touchtrain.internal.pythonFacts(named);
    if ~isempty(job.fault)
        error('TouchTrain:PythonNotFound', '%s Name another by the option Python.', job.fault);
    end
    return
end
[job, others] = touchtrain.internal.pythonForJobs();
if ~isempty(job)
    return
end
[root, isRepo] = touchtrain.internal.packageRoot();
if isRepo && install
    job = touchtrain.internal.installPython(root, range);
    return
end
remedy = ['Install it with "python -m pip install touchtrain" in a Python 3.11 to 3.13, and name that by the ' ...
    'option Python.'];
if isRepo
    remedy = sprintf(['Call touchtrain.setup(''Install'', true), or do the same by hand in a terminal:\n' ...
        '  cd "%s"\n  python3 -m venv .venv\n  "%s" -m pip install -e .'], root, ...
        touchtrain.internal.environmentPython('.venv'));
end
error('TouchTrain:PythonNotFound', '%s', strjoin([{'There is no Python with the packages of TouchTrain yet.'}, ...
    others, {remedy}], sprintf('\n')));
end

function [found, about] = connected(executable, note)
% Record the Python of the trainings, and ask the one that py. runs in about itself.
try
    found = touchtrain.internal.askPython('record_python', executable);
    about = touchtrain.internal.askPython('about');
catch err
    if isempty(note)
        rethrow(err);
    end
    error('TouchTrain:PythonNotFound', '%s\n%s', note, err.message);
end
end
