function test_running_tests()
% Which tests are run, what becomes of each, and that the class for matlab.unittest says the same.
names = listed_tests();
assert(size(names, 1) == 1 && issorted(names) && numel(names) > 50);
assert(all(ismember({'test_running_tests', 'test_train', 'test_mark_calls'}, names)));
assert(all(cellfun(@(name) exist(name, 'file') == 2, names)));
expect_equal(listed_tests('^test_train$', '_mark_call'), {'test_mark_calls', 'test_train'});
expect_equal(numel(listed_tests('no such test')), 0);

folder = fullfile(pwd(), 'made');
mkdir(folder);
standIns = fullfile(fileparts(which('run_test')), 'resources', 'of_matlab');
addpath(folder);
removing = onCleanup(@() rmpath(folder)); %#ok<NASGU>
write('made_ok', 'fclose(fopen(''here'', ''w''));');
write('made_skip', 'skip_test(''no such machine'');');
write('made_failure', 'error(''TouchTrain:Test'', ''50%% of %s'', [''C:\new'' char([8 27])]);');
rehash();
expected = {'made_ok', 'ok', 'Passed'; 'made_skip', 'skipped', 'Filtered'; 'made_failure', 'FAILED', 'Failed'};
before = pwd();
reasons = cell(1, 3);
for k = 1:3
    [outcome, reasons{k}] = run_test(expected{k, 1}, before);
    expect_equal(outcome, expected{k, 2});
    expect_equal(pwd(), before);
end
assert(isfile(fullfile('made_ok', 'here')));
expect_equal(reasons(1:2), {'', 'no such machine'});
expect_has(reasons{3}, {'TouchTrain:Test: 50% of C:\new\x08\x1b', 'in made_failure, line 2'});
if ~touchtrain.internal.values.isOctave()
    return % the class is what calls this test
end

addpath(standIns);
removingThese = onCleanup(@() rmpath(standIns)); %#ok<NASGU>
mkdir('again');
class = TestFunctions();
expect_equal(class.name, names);
config = getenv('TOUCHTRAIN_CONFIG');
class.beginTests();
assert(isfolder(class.Work) && ~strcmp(getenv('TOUCHTRAIN_CONFIG'), config));
class.Teardowns{1}();
assert(~isfolder(class.Work) && strcmp(getenv('TOUCHTRAIN_CONFIG'), config));
for k = 1:3
    class = TestFunctions();
    class.Work = fullfile(before, 'again');
    class.passes(expected{k, 1});
    expect_equal(class.Outcome, expected{k, 3});
    expect_equal(strtok(class.Diagnostic, sprintf('\n')), strtok(reasons{k}, sprintf('\n')));
end
end

function write(name, line)
id = fopen(fullfile('made', [name '.m']), 'w');
fprintf(id, 'function %s()\n%s\nend\n', name, line);
fclose(id);
end
