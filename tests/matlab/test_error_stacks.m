function test_error_stacks()
% Every error of ours seems to come from the function that the user called: no function of +internal is on its stack.
here = fileparts(which('test_error_stacks'));
root = fileparts(fileparts(here));
code = text_of(fullfile(root, 'matlab'));
raised = identifiers(code, '(?:error|values\.fail|raiseError|add)\(\s*(?:\.\.\.\s*)?''(TouchTrain:\w+)''');
ofPython = regexp(fileread(fullfile(root, 'pyside', 'errors.py')), '^class (\w+)\(', 'tokens', 'lineanchors');
ofPython = cellfun(@(one) ['TouchTrain:' one{1}], ofPython, 'UniformOutput', false);
assert(numel(raised) > 10 && numel(ofPython) > 40 && all(ismember(raised, ofPython)), 'TouchTrain:Test', '%s', ...
    strjoin(setdiff(raised, ofPython), ', '));

% By each way in which a function inside raises it, and however deep that is.
inside = fullfile(pwd(), '+standin', '+internal');
mkdir(fileparts(inside));
mkdir(inside);
id = fopen(fullfile(inside, 'thrower.m'), 'w');
fprintf(id, '%s\n', 'function thrower(deep, raise)', 'if deep > 0', 'standin.internal.thrower(deep - 1, raise);', ...
    'else', 'raise();', 'end', 'end');
fclose(id);
for name = ofPython
    ways = {@() touchtrain.internal.values.fail(name{1}, 'one %d', 1), ...
        @() touchtrain.internal.python.raiseError(name{1}, 'one 1'), @() collected(name{1}), ...
        @() touchtrain.internal.python.raisePythonError(struct('message', ['Python Error: a.B: ' name{1} ': one 1'], ...
        'identifier', 'MATLAB:Python:PyException', 'stack', struct([])))};
    for way = ways
        err = caught(@() feval('standin.internal.thrower', 3, way{1}));
        expect_equal({err.identifier, err.message}, {name{1}, 'one 1'});
        assert(~isempty(err.stack), 'TouchTrain:Test', '%s has no stack.', name{1});
        isInside = ~cellfun(@isempty, strfind({err.stack.file}, [filesep() '+internal' filesep()]));
        assert(~any(isInside), 'TouchTrain:Test', '%s shows %s', name{1}, strjoin({err.stack(isInside).name}, ', '));
    end
end

% Each one that .m code raises is raised for real by some test, whose expect_error looks at the stack.
tested = identifiers(text_of(here), 'expect_error\(''(TouchTrain:\w+)''');
rare = {'TouchTrain:NotReadable'}; % a file of marks that vanishes while they are read
assert(all(ismember(raised, [tested, rare])), 'TouchTrain:Test', 'In no test: %s', ...
    strjoin(setdiff(raised, [tested, rare]), ', '));
end

function collected(identifier)
faults = touchtrain.internal.values.Faults();
faults.add(identifier, 'one 1');
faults.raise();
end

function err = caught(attempt)
err = [];
try
    attempt();
catch err
end
end

function found = identifiers(code, pattern)
found = regexp(code, pattern, 'tokens');
found = unique(cellfun(@(one) one{1}, found, 'UniformOutput', false));
end

function code = text_of(folder)
% The text of all .m files below a folder, without comments.
code = '';
for entry = reshape(dir(folder), 1, [])
    path = fullfile(folder, entry.name);
    if entry.isdir && entry.name(1) ~= '.'
        code = [code text_of(path)]; %#ok<AGROW>
    elseif ~isempty(regexp(entry.name, '\.m$', 'once'))
        code = [code regexprep(fileread(path), '^\s*%[^\n]*', '', 'lineanchors')]; %#ok<AGROW>
    end
end
end
