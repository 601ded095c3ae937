function facts = pythonFacts(executable)
% PYTHONFACTS  Query a Python interpreter without loading it.
%
%   FACTS = PYTHONFACTS(EXECUTABLE): EXECUTABLE is a name or a path. FACTS is a struct: ok (true if it ran), executable
%   (absolute path), version ([3 11]), missing (cellstr of required packages that are not installed), base (the folder
%   of the installation, also of a virtual environment's), machine (such as 'arm64'), bits (64), kind ('cpython'),
%   library (the file of its shared library, which MATLAB loads, '' if there is none), fault (one sentence on why it
%   cannot train, '' if it can).
facts = struct('ok', false, 'executable', char(executable), 'version', [0 0], 'missing', {{}}, 'base', '', ...
    'machine', '', 'bits', 64, 'kind', 'cpython', 'library', '', 'fault', '');
code = ['import os,sys,json,platform,importlib.util as u,sysconfig as c;t=lambda x:json.dumps(x)[1:-1];', ...
    'v=c.get_config_var;b=sys.base_prefix;j=os.path.join;', ...
    'n=(v(''INSTSONAME''),v(''LDLIBRARY''),''python%d%d.dll''%sys.version_info[:2]);', ...
    'd=(b,j(b,''lib''),v(''LIBDIR''),v(''PYTHONFRAMEWORKPREFIX''));', ...
    'f=[j(p,x) for p in d if p for x in n if x and not x.endswith(''.a'')];', ...
    'print(''touchtrain'',sys.version_info[0],sys.version_info[1],', ...
    '''+''.join(m for m in (''numpy'',''h5py'',''keras'',''tensorflow'',''sklearn'') if u.find_spec(m) is None),', ...
    't(sys.executable),t(sys.base_prefix),platform.machine(),1+sys.maxsize.bit_length(),', ...
    'sys.implementation.name,t(next(filter(os.path.isfile,f),'''')),sep=''|'')'];
[status, answer] = touchtrain.internal.python.runClean(executable, {'-c', code});
line = regexp(answer, 'touchtrain\|(\d+\|\d+\|[^\r\n]*)', 'tokens', 'once');
if status == 0 && ~isempty(line)
    facts = answered(facts, strsplit(line{1}, '|', 'CollapseDelimiters', false));
end
if ~facts.ok
    facts.fault = strtrim(sprintf('%s does not run. %s', facts.executable, ...
        touchtrain.internal.python.explainPython(answer, ...
        struct('executable', facts.executable, 'isInProcess', false), '', [])));
elseif facts.version(1) ~= 3 || facts.version(2) < 11
    facts.fault = sprintf('%s is Python %d.%d; 3.11 or later is required.', facts.executable, facts.version);
elseif ~isempty(facts.missing)
    facts.fault = sprintf('%s (Python %d.%d) lacks the packages %s.', facts.executable, facts.version, ...
        strjoin(facts.missing, ', '));
end
end

function facts = answered(facts, words)
% Facts with what the interpreter said.
facts.ok = true;
facts.version = [str2double(words{1}) str2double(words{2})];
if ~isempty(words{3})
    facts.missing = strsplit(words{3}, '+');
end
facts.executable = decoded(words{4});
if numel(words) >= 8
    facts.base = decoded(words{5});
    facts.machine = words{6};
    facts.bits = str2double(words{7});
    facts.kind = strtrim(words{8});
end
if numel(words) >= 9
    facts.library = decoded(words{9});
end
end

function text = decoded(text)
% A path that came as JSON text, because the encoding of what a program prints is not known on Windows.
text = jsondecode(['"' strtrim(text) '"']);
end
