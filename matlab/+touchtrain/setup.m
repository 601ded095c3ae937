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
%   See also touchtrain.options, touchtrain.convertArrays, touchtrain.train, pyenv
pairs = touchtrain.internal.nameValues(varargin);
[python, pairs] = touchtrain.internal.takeOption(pairs, 'Python', '');
[install, pairs] = touchtrain.internal.takeOption(pairs, 'Install', false);
touchtrain.internal.refuseOptions(pairs, {'Python', 'Install'});
if ~isempty(python) && ~touchtrain.internal.isText(python)
    error('TouchTrain:BadOption', 'Python must be the path of an interpreter. It is a %s.', class(python));
elseif numel(install) ~= 1 || ~(islogical(install) || isnumeric(install))
    error('TouchTrain:BadOption', 'Install must be true or false.');
end

[host, range] = touchtrain.internal.hostRelease();
touchtrain.internal.addOctaveFolder();
job = touchtrain.internal.findOrMakePython(char(python), install, range);
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
