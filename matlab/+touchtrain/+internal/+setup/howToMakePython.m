function text = howToMakePython()
% HOWTOMAKEPYTHON  What to do where no Python has the packages of TouchTrain, for a person.
[root, isRepo] = touchtrain.internal.python.packageRoot();
text = ['Install it with "python -m pip install touchtrain" in a Python 3.11 to 3.13, and name that by the ' ...
    'option Python of touchtrain.setup.'];
if isRepo
    text = sprintf(['Call touchtrain.setup(''Install'', true), or do the same by hand in a terminal:\n' ...
        '  cd "%s"\n  python3 -m venv .venv\n  "%s" -m pip install -e .'], root, ...
        touchtrain.internal.setup.environmentPython('.venv'));
end
end
