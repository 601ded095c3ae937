function test_toolbox()
% The toolbox is packed with all files that a user needs and no others, and says its version; the build tool has tasks.
check_environment();
root = fileparts(fileparts(fileparts(which('run_test'))));
places = {root, fullfile(root, '.ci')};
if touchtrain.internal.values.isOctave()
    places{end + 1} = fullfile(root, 'tests', 'matlab', 'resources', 'of_matlab');
elseif isMATLABReleaseOlderThan('R2023a') % MATLAB only
    skip_test('MATLAB packs toolboxes by a program since R2023a.');
end
addpath(places{:});
removing = onCleanup(@() rmpath(places{:})); %#ok<NASGU>
plan = buildfile();
names = {};
if touchtrain.internal.values.isOctave()
    names = fieldnames(plan.Tasks)';
    expect_equal(plan.Tasks.package.Dependencies, {'check'});
    plan.Tasks.check.Action(struct('Plan', struct('RootFolder', root)));
else
    names = cellstr([plan.Tasks.Name]); % MATLAB only
end
expect_equal(sort(names), {'check', 'package', 'test'});

folder = fullfile(pwd(), 'MATLAB Add-Ons', 'TouchTrain');
stageToolbox(root, folder);
expect_equal(sort(inside(folder)), sort({'LICENSE', 'README.md', 'examples', 'matlab', 'pyproject.toml', 'pyside', ...
    'setup.py'}));
expect_equal(inside(fullfile(folder, 'matlab', 'resources', 'octave', 'private')), ...
    inside(fullfile(root, 'matlab', 'resources', 'octave', 'private')));
left = {fullfile('pyside', '__pycache__'), fullfile('matlab', 'resources', 'octave', 'miss_hit.cfg')};
assert(~any(cellfun(@(path) isfolder(fullfile(folder, path)) || isfile(fullfile(folder, path)), left)));

output = fullfile(pwd(), 'TouchTrain.mltbx');
options = toolboxOptions(folder, output);
expect_equal(char(options.ToolboxVersion), touchtrain.internal.python.packageVersion());
expect_has(char(options.Summary), 'Keras');
expect_has(char(options.AuthorName), 'TouchTrain');
expect_equal(char(options.MinimumMatlabRelease), 'R2022b');
expect_equal(cellstr(options.ToolboxMatlabPath), {fullfile(folder, 'matlab')});
matlab.addons.toolbox.packageToolbox(options); % MATLAB only, or its stand-in
assert(isfile(output));
if ~touchtrain.internal.values.isOctave()
    expect_equal(char(matlab.addons.toolbox.toolboxVersion(output)), char(options.ToolboxVersion)); % MATLAB only
end
end

function check_environment()
% The Python environment is in the repository; that of a toolbox survives updates, and its paths are short.
at = @touchtrain.internal.setup.environmentFolder;
expect_equal(at(fullfile(pwd(), 'lab')), fullfile(pwd(), 'lab', '.venv'));
names = {'HOME', 'LOCALAPPDATA', 'XDG_DATA_HOME'};
values = cellfun(@getenv, names, 'UniformOutput', false);
restoring = onCleanup(@() cellfun(@(name, value) setenv(name, value), names, values)); %#ok<NASGU>
cellfun(@(name, value) setenv(name, value), names, {'/home/ann', 'C:\Users\ann\AppData\Local', ''});
root = 'C:\Users\ann\AppData\Roaming\MathWorks\MATLAB Add-Ons\Toolboxes\TouchTrain';
expect_equal(at(root, 'windows'), fullfile('C:\Users\ann\AppData\Local', 'touchtrain', 'env'));
longest = 175; % of a path in the packages: a header of TensorFlow
assert(numel(at(root, 'windows')) + numel('\Lib\site-packages\') + longest < 260);
root = '/home/ann/MATLAB Add-Ons/Toolboxes/TouchTrain';
expect_equal(at(root, 'linux'), fullfile('/home/ann', '.local', 'share', 'touchtrain', 'env'));
setenv('XDG_DATA_HOME', '/data/ann');
expect_equal(at(root, 'linux'), fullfile('/data/ann', 'touchtrain', 'env'));
expect_equal(at(root, 'mac'), fullfile('/home/ann', 'Library', 'Application Support', 'touchtrain', 'env'));
end

function names = inside(folder)
found = dir(folder);
names = setdiff({found.name}, {'.', '..'});
end
