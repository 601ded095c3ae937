function test_printed_commands()
% Commands that are printed work as they are, for every path: in MATLAB and in the terminal of each system.
odd = fullfile(pwd(), 'it''s $HOME & "mine"');
word = @touchtrain.internal.values.shellWord;
expect_equal({word('/usr/bin/python3.12', 'unix'), word('C:\Python312\python.exe', 'windows')}, ...
    {'/usr/bin/python3.12', 'C:\Python312\python.exe'});
expect_equal({word('', 'unix'), word('', 'windows'), word('C:\my lab\a&b', 'windows')}, ...
    {'''''', '""', '"C:\my lab\a&b"'});
expect_equal(word('~', 'unix'), '''~''');
pip = @touchtrain.internal.setup.pipCommand;
expect_equal(pip('install numpy', '/my lab/python', 'unix'), '''/my lab/python'' -m pip install numpy');
expect_equal(pip('install numpy', 'C:\lab\python.exe', 'windows'), 'C:\lab\python.exe -m pip install numpy');
expect_equal(pip('install numpy', 'C:\my lab\python.exe', 'windows'), ...
    '"C:\my lab\python.exe" -m pip install numpy (in PowerShell, write & and a space in front)');

% How to make an environment, for a terminal.
hint = @touchtrain.internal.setup.installHint;
text = hint('windows', 'D:\my lab\TouchTrain');
expect_has(text, {'pushd "D:\my lab\TouchTrain"', 'py -3.12 -m venv .venv', ...
    '.venv\Scripts\python -m pip install -e .', 'touchtrain.setup(''Install'', true)'});
wheel = ['touchtrain-' touchtrain.internal.python.packageVersion() '-py3-none-any.whl'];
expect_has(hint('unix', ''), {['pip install ' wheel]});
text = hint('unix', odd);
expect_has(text, {'.venv/bin/python -m pip install -e .', 'python3 -m venv', '3.11 to 3.13'});
if isunix()
    mkdir(odd);
    command = regexp(text, 'cd [^\n]*', 'match', 'once');
    [status, place] = touchtrain.internal.python.runClean('/bin/sh', {'-c', [command ' && pwd']});
    expect_equal({status, strtrim(place)}, {0, odd});
end

% How to find the libraries of conda, and what an option is, in MATLAB.
folder = fullfile(pwd(), 'it''s conda');
mkdir(folder);
mkdir(fullfile(folder, 'conda-meta'));
now = struct('executable', fullfile(folder, 'python.exe'), 'isLoaded', true, 'isInProcess', true);
text = touchtrain.internal.python.explainPython('ImportError: DLL load failed', now, '', [10 12]);
path = getenv('PATH');
restoring = onCleanup(@() setenv('PATH', path)); %#ok<NASGU>
eval([regexp(text, 'setenv\(.*?\]\)', 'match', 'once') ';']);
expect_equal(getenv('PATH'), [fullfile(folder, 'Library', 'bin') pathsep() path]);
shown = touchtrain.internal.options.valueText({'it''s', [1 2], true, {}});
expect_equal(eval(shown), {'it''s', [1 2], true, {}});

% How to go on with a job, and how to release it.
mkdir('it''s a job');
made_job('it''s a job', 'failed', 0.5);
text = evalc('touchtrain.inspect(''it''''s a job'')');
resuming = regexp(text, 'touchtrain\.resume\([^\n]*\)', 'match', 'once');
expect_equal(resuming, sprintf('touchtrain.resume(''%s'')', strrep(fullfile(pwd(), 'it''s a job'), '''', '''''')));
end
