function text = installHint()
% INSTALLHINT  Instructions for the user if no Python has the TouchTrain packages.
[root, isRepo] = touchtrain.internal.python.packageRoot();
text = ['Run "python -m pip install touchtrain" with Python 3.11 to 3.13, and set the option Python of ' ...
    'touchtrain.setup to this Python.'];
if isRepo
    text = sprintf(['Call touchtrain.setup(''Install'', true), or run these commands in a terminal:\n' ...
        '  cd "%s"\n  python3 -m venv .venv\n  "%s" -m pip install -e .'], root, ...
        touchtrain.internal.setup.environmentPython('.venv'));
end
end
