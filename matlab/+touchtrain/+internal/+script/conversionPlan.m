function plan = conversionPlan(plan, further, faults)
% CONVERSIONPLAN  The part of NEWMODELPLAN that is about the dataset: where frames and labels come from, and how.
%
%   PLAN = CONVERSIONPLAN(PLAN, FURTHER, FAULTS): FURTHER is a row of names and values, options of conversions. PLAN
%   gets command, the name of the conversion ('' where it cannot be told), and convertOptions, and dataPath and
%   labelPath become absolute. What is wrong is noted in FAULTS; nothing is checked where CREATE_NUMPY is 0.
plan.command = '';
plan.convertOptions = {};
if ~plan.CREATE_NUMPY
    return
end
source = labelOption(plan, faults);
commands = struct('labelsInFile', 'convertVideos', 'directoryClasses', 'convertFolders', 'numpy', 'convertNumpy', ...
    'arrays', 'convertArrays');
if isempty(source)
    return
elseif ~isfield(commands, source)
    faults.add('TouchTrain:BadOption', sprintf('labelOptions: there is no way called %s. There are: %s.', source, ...
        strjoin(fieldnames(commands)', ', ')));
    return
end
plan.command = commands.(source);
options = [classOption(plan, source), optionsOf(plan.command, source, further, faults)];
switch source
    case 'labelsInFile'
        options = touchtrain.internal.options.centersOption([{'Roi', plan.roi, 'Centers', plan.centers}, options]);
        plan = checkVideos(plan, options, faults);
    case 'directoryClasses'
        plan.dataPath = checkFolder(plan.dataPath, 'the folder that has one sub-folder of images a class', faults);
        checkClassFolders(plan, faults);
    case 'numpy'
        plan.dataPath = checkFolder(plan.dataPath, 'the folder with frames.npy and labels.npy', faults);
    otherwise
        checkArrays(plan, faults);
end
if isequal(double(touchtrain.internal.options.optionValue(options, 'Check', false)), 1)
    faults.add('TouchTrain:BadOption', sprintf( ...
        'trainingParameters.Check: nothing would be trained on. Call touchtrain.%s(..., ''Check'', true) instead.', ...
        plan.command));
end
faults.check(@() touchtrain.internal.python.askPython('check_options', plan.command, ...
    touchtrain.internal.options.optionsJson(options)));
plan.convertOptions = options;
end

function source = labelOption(plan, faults)
% Name of the source that is selected, by name or by 1-based index; '' where it cannot be told.
source = '';
choice = plan.labelOptionSelect;
if ~touchtrain.internal.values.isNames(plan.labelOptions)
    faults.add('TouchTrain:BadOption', 'labelOptions must be a cell of names.');
    return
end
names = touchtrain.internal.values.toNames(plan.labelOptions);
if isnumeric(choice) && numel(choice) == 1 && any(double(choice) == 1:numel(names))
    source = names{choice};
elseif touchtrain.internal.values.isText(choice) && any(strcmpi(names, strtrim(char(choice))))
    source = names{strcmpi(names, strtrim(char(choice)))};
else
    faults.add('TouchTrain:BadOption', sprintf( ...
        'labelOptionSelect must be one of %s, or its number from 1 to %d.', strjoin(names, ', '), numel(names)));
end
end

function option = classOption(plan, source)
option = {'ClassNames', plan.classNames};
if strcmp(source, 'directoryClasses') && isempty(plan.classNames)
    option = {};
end
end

function options = optionsOf(command, source, further, faults)
% Those of the further options that the conversion has; another one is a fault.
known = touchtrain.options();
options = {};
for k = 1:2:numel(further)
    owners = {known(strcmp({known.name}, further{k})).command};
    if any(strcmp(owners, command))
        options = [options, further(k:k + 1)]; %#ok<AGROW>
    elseif ~any(strcmp(owners, 'train'))
        faults.add('TouchTrain:UnknownOption', sprintf( ...
            ['trainingParameters.%s is an option of touchtrain.%s, but labelOptionSelect = ''%s'' calls ' ...
            'touchtrain.%s. Leave it out.'], further{k}, strjoin(owners, ' and touchtrain.'), source, command));
    end
end
end

function plan = checkVideos(plan, options, faults)
if isempty(plan.dataPath)
    faults.add('TouchTrain:PathMissing', ['dataPath is empty. Set it to the folder with your videos (or to a cell ' ...
        'of video files). Or set labelOptionSelect = ''arrays'' to train on frames and labels in the workspace.']);
elseif touchtrain.internal.values.isText(plan.dataPath)
    plan.dataPath = existing(plan.dataPath, 'dataPath', 'file or folder', faults);
elseif touchtrain.internal.values.isNames(plan.dataPath)
    plan.dataPath = cellfun(@(one) existing(one, 'dataPath', 'file', faults), ...
        touchtrain.internal.values.toNames(plan.dataPath), 'UniformOutput', false);
else
    faults.add('TouchTrain:BadOption', sprintf( ...
        'dataPath must be the folder with the videos, or a cell of video files. It is a %s.', class(plan.dataPath)));
end
if isempty(plan.labelPath)
    faults.add('TouchTrain:PathMissing', ...
        'labelPath is empty. Set it to the file with the labels: a .mat with a cell that has one vector a video.');
else
    plan.labelPath = existing(plan.labelPath, 'labelPath', 'file', faults);
end
centers = touchtrain.internal.options.optionValue(options, 'Centers', []);
if ischar(centers)
    existing(centers, 'centers', 'file', faults);
end
end

function path = checkFolder(path, what, faults)
if isempty(path)
    faults.add('TouchTrain:PathMissing', sprintf('dataPath is empty. Set it to %s.', what));
else
    path = existing(path, 'dataPath', 'folder', faults);
end
end

function path = existing(path, name, kind, faults)
% The path, absolute; a fault where it is none, or no KIND is there: 'file', 'folder' or 'file or folder'.
if ~touchtrain.internal.values.isText(path) || isempty(strtrim(char(path)))
    faults.add('TouchTrain:BadOption', sprintf('%s must be a path: a text that is not empty.', name));
    return
end
path = touchtrain.internal.values.absolutePath(path, name);
isThere = isfile(path) && ~strcmp(kind, 'folder') || isfolder(path) && ~strcmp(kind, 'file');
if ~isThere
    faults.add('TouchTrain:PathMissing', sprintf('%s: there is no %s %s.', name, kind, path));
end
end

function checkClassFolders(plan, faults)
% That the sub-folders are called like the classes; classNames = {} takes their names, whatever they are.
if isempty(plan.classNames) || ~touchtrain.internal.values.isNames(plan.classNames) || ...
        ~touchtrain.internal.values.isText(plan.dataPath) || ~isfolder(char(plan.dataPath))
    return
end
found = dir(char(plan.dataPath));
folders = {found([found.isdir]).name};
folders = folders(~strncmp(folders, '.', 1));
wanted = touchtrain.internal.values.toNames(plan.classNames);
if ~isequal(unique(wanted), sort(folders))
    faults.add('TouchTrain:BadOption', sprintf( ...
        ['classNames are %s, but the sub-folders of %s are %s. Set classNames = {} to take the names of the ' ...
        'sub-folders, or name the same.'], strjoin(wanted, ', '), plan.dataPath, strjoin(folders, ', ')));
end
end

function checkArrays(plan, faults)
if ~isfield(plan, 'frames') || ~isfield(plan, 'labels')
    faults.add('TouchTrain:BadFrames', ...
        ['There are no variables frames and labels in the workspace. Make them first: frames HxWxN, or a cell with ' ...
        'one array a recording, and labels with one value a frame.']);
    return
end
faults.check(@() touchtrain.internal.data.frameCell(plan.frames));
n = 1;
if iscell(plan.frames)
    n = numel(plan.frames);
end
faults.check(@() touchtrain.internal.data.labelsForPython(plan.labels, n));
end
