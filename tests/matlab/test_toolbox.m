function test_toolbox()
% The toolbox is packed with all files that a user needs and no others, and says its version; the build tool has tasks.
root = fileparts(fileparts(fileparts(which('run_test'))));
places = {root, fullfile(root, '.ci')};
if touchtrain.internal.values.isOctave()
    places{end + 1} = fullfile(root, 'tests', 'matlab', 'of_matlab');
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

function names = inside(folder)
found = dir(folder);
names = setdiff({found.name}, {'.', '..'});
end
