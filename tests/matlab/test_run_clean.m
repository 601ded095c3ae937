function test_run_clean()
% A Python that is asked something gets each argument as it is, whatever the user's shell makes of it.
run = @(varargin) touchtrain.internal.python.runClean(varargin{:});
python = getenv('TOUCHTRAIN_PYTHON');
code = 'import sys,os;print(ascii(sys.argv[2:]),os.listdir(),os.environ.get(sys.argv[1]),sys.path[1:2])';
odd = {'a b', 'it''s', '100 %PATH% %d', '$HOME `id` !x', ['M' char([195 188]) 'ller'], 'a&b|c<d>e;f^g', '', '~', '*'};
if ~touchtrain.internal.values.isOctave()
    odd{5} = ['M' char(252) 'ller']; % text in MATLAB is not UTF-8

% Nothing is left of it, whatever the name of the folder for temporary files.
if isunix()
    place = fullfile(pwd(), 'it''s [1] 50%');
    mkdir(place);
    before = getenv('TMPDIR');
    restoringPlace = onCleanup(@() setenv('TMPDIR', before)); %#ok<NASGU>
    setenv('TMPDIR', place);
    [status, said] = touchtrain.internal.python.runClean('/bin/sh', {'-c', 'echo here'});
    expect_equal({status, strtrim(said), numel(dir(place))}, {0, 'here', 2});
end
end
names = {'LD_LIBRARY_PATH', 'PYTHONHOME'};
misleading = names{1 + ispc()}; % of libraries on Unix; Windows finds those by PATH
before = getenv(misleading);
restoring = onCleanup(@() setenv(misleading, before)); %#ok<NASGU>
setenv(misleading, '/no/such folder');
[status, answer] = run(python, [{'-c', code, misleading}, odd], pwd());
expect_equal(status, 0);
words = cellfun(@(one) ['''' one ''''], odd, 'UniformOutput', false);
words{2} = '"it''s"';
words{5} = '''M\xfcller''';
assert(~isempty(strfind(answer, ['[' strjoin(words, ', ') '] [] None '])), 'TouchTrain:Test', '%s', answer);
[status, answer] = run(python, {'-c', 'import sys; sys.stderr.write("seen"); sys.exit(3)'});
expect_equal({status, strtrim(answer)}, {3, 'seen'});

% Folders with odd names.
mkdir('it''s 100 % odd');
if isunix()
    file = fake_python(fullfile(pwd(), 'it''s 100 % odd', 'python3'), '3.12', '');
    facts = touchtrain.internal.python.pythonFacts(file);
    expect_equal({facts.ok, facts.executable, facts.version}, {true, file, [3 12]});
end
end
