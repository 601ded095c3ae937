function plan = buildfile()
% BUILDFILE  Tasks of MATLAB's build tool: buildtool check, buildtool test, buildtool package.
plan = buildplan(localfunctions()); % MATLAB only
plan.DefaultTasks = {'check', 'test'};
plan('package').Dependencies = {'check'};
end

function checkTask(context)
% Look for errors in the MATLAB code
root = char(context.Plan.RootFolder);
for place = {fullfile('matlab', '+touchtrain'), 'examples', fullfile('tests', 'matlab'), '.ci'}
    found = codeIssues(fullfile(root, place{1})); % MATLAB only
    isError = found.Issues.Severity == 'error';
    if any(isError)
        disp(found.Issues(isError, :));
        error('TouchTrain:CodeIssues', 'There are errors in %s.', place{1});
    end
end
end

function testTask(context)
% Run all tests, with the results in build/tests/matlab.xml
root = char(context.Plan.RootFolder);
addpath(fullfile(root, 'tests', 'matlab'));
run_unittest(fullfile(root, 'build', 'tests', 'matlab.xml'));
end

function packageTask(context)
% Pack the toolbox as dist/TouchTrain.mltbx, with the Python half inside
root = char(context.Plan.RootFolder);
before = addpath(root, fullfile(root, '.ci'));
restoring = onCleanup(@() path(before)); %#ok<NASGU>
folder = fullfile(root, 'build', 'TouchTrain');
if isfolder(folder)
    rmdir(folder, 's');
end
stageToolbox(root, folder);
output = fullfile(root, 'dist', 'TouchTrain.mltbx');
if ~isfolder(fileparts(output))
    mkdir(fileparts(output));
end
matlab.addons.toolbox.packageToolbox(toolboxOptions(folder, output)); % MATLAB only
fprintf('%s\n', output);
end
