function test_mark_installed_toolbox()
% Where MATLAB puts the toolbox, what it adds to the path, and whether setup would make an environment there.
question = 'What comes of installing TouchTrain.mltbx';
mark(question, @() installed());
end

function text = installed()
if touchtrain.internal.values.isOctave() || isMATLABReleaseOlderThan('R2023a') % MATLAB only
    skip_test('only MATLAB packs toolboxes, by a program since R2023a');
elseif isempty(getenv('CI'))
    skip_test('it would install an add-on on this computer; it does where CI is set');
end
root = fileparts(fileparts(fileparts(which('run_test'))));
addpath(root, fullfile(root, '.ci'));
removing = onCleanup(@() rmpath(root, fullfile(root, '.ci'))); %#ok<NASGU>
folder = fullfile(pwd(), 'staged');
stageToolbox(root, folder);
matlab.addons.toolbox.packageToolbox(toolboxOptions(folder, fullfile(pwd(), 'TouchTrain.mltbx'))); % MATLAB only
before = strsplit(path(), pathsep());
toolbox = matlab.addons.toolbox.installToolbox(fullfile(pwd(), 'TouchTrain.mltbx'), true); % MATLAB only
uninstalling = onCleanup(@() matlab.addons.toolbox.uninstallToolbox(toolbox)); %#ok<NASGU> % MATLAB only
added = setdiff(strsplit(path(), pathsep()), before);
places = added(cellfun(@(place) isfile(fullfile(place, 'train_new_model.m')), added));
assert(numel(places) == 1, 'TouchTrain:Test', 'On the path: %s', strjoin(added, ', '));
top = fileparts(places{1});
parts = {'pyside/__init__.py', 'setup.py', 'pyproject.toml', 'README.md', 'LICENSE'};
isThere = cellfun(@(part) isfile(fullfile(top, part)), parts);
text = sprintf('version %s; on the path %s; beside it %s; missing %s', toolbox.Version, strjoin(added, ', '), ...
    strjoin(parts(isThere), ', '), strjoin(parts(~isThere), ', '));
end
