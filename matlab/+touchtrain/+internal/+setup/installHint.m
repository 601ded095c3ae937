function text = installHint(kind, root)
% INSTALLHINT  Instructions for the user if no Python has the TouchTrain packages.
%
%   INSTALLHINT(KIND, ROOT) writes them for a 'windows' or 'unix' computer, with a checked-out repository in the folder
%   ROOT ('': an installed package). Default: as here.
if nargin < 2
    kinds = {'unix', 'windows'};
    kind = kinds{1 + ispc()};
    [root, isRepo] = touchtrain.internal.python.packageRoot();
    root = root(1:numel(root) * isRepo);
end
if isempty(root)
    text = sprintf(['Download the wheel of a release, run "python -m pip install touchtrain-%s-py3-none-any.whl" ' ...
        'in its folder with Python 3.11 to 3.13, and set the option Python of touchtrain.setup to this Python.'], ...
        touchtrain.internal.python.packageVersion());
    return
end
needed = ', where python3 is Python 3.11 to 3.13';
commands = {'cd %s', 'python3 -m venv .venv', '.venv/bin/python -m pip install -e .'};
if strcmp(kind, 'windows') % in cmd, cd would stay on its drive; there is no python3
    needed = ''; % the command says it
    commands = {'pushd %s', 'py -3.12 -m venv .venv', '.venv\\Scripts\\python -m pip install -e .'};
end
text = sprintf(['Call touchtrain.setup(''Install'', true), or run these commands in a terminal%s:\n  ' ...
    strjoin(commands, '\n  ')], needed, touchtrain.internal.values.shellWord(root, kind));
end
