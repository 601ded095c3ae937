function job = findOrMakePython(named, install, range)
% FINDORMAKEPYTHON  The Python for trainings: the one that is named, else one that is found, else a new one.
%
%   JOB = FINDORMAKEPYTHON(NAMED, INSTALL, RANGE) gives its facts; see PYTHONFACTS. NAMED may be ''.
if ~isempty(named)
    if isfile(named)
        named = touchtrain.internal.absolutePath(named, 'Python');
    end
    job = touchtrain.internal.pythonFacts(named);
    fault = touchtrain.internal.jobFault(job);
    if ~isempty(fault)
        error('TouchTrain:PythonNotFound', '%s Name another by the option Python.', fault);
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
