function plan = conversionPlan(plan, further, faults)
% CONVERSIONPLAN  Part of NEWMODELPLAN for the dataset: source and options of the conversion.
%
%   PLAN = CONVERSIONPLAN(PLAN, FURTHER, FAULTS): FURTHER is a row of names and values of conversion options. It sets
%   PLAN.command, the name of the conversion ('' if it is unknown), and PLAN.convertOptions, and makes dataPath and
%   labelPath absolute. Errors are added to FAULTS. Nothing is checked if CREATE_NUMPY is 0; then NEWMODELPLAN compares
%   the options with the dataset.
plan.command = '';
plan.convertOptions = {};
commands = struct('labelsInFile', 'convertVideos', 'directoryClasses', 'convertFolders', 'numpy', 'convertNumpy', ...
    'arrays', 'convertArrays');
if ~plan.CREATE_NUMPY
    source = selectedSource(plan, touchtrain.internal.values.Faults());
    if isfield(commands, source)
        plan.command = commands.(source);
    end
    return
end
source = selectedSource(plan, faults);
if isempty(source)
    return
elseif ~isfield(commands, source)
    faults.add('TouchTrain:BadOption', sprintf('labelOptions: unknown source %s. Valid names are: %s.', source, ...
        strjoin(fieldnames(commands)', ', ')));
    return
end
plan.command = commands.(source);
options = [classOption(plan, source), conversionOptions(plan.command, source, further, faults)];
switch source
    case 'labelsInFile'
        options = touchtrain.internal.options.centersOption([{'Roi', plan.roi, 'Centers', plan.centers}, options]);
        plan = checkVideos(plan, options, faults);
    case 'directoryClasses'
        plan.dataPath = checkFolder(plan.dataPath, 'the folder with one subfolder of images per class', faults);
        checkClassFolders(plan, faults);
    case 'numpy'
        plan.dataPath = checkFolder(plan.dataPath, 'the folder with frames.npy and labels.npy', faults);
    otherwise
        checkArrays(plan, faults);
end
if isequal(touchtrain.internal.options.optionValue(options, 'Check', false), 1)
    faults.add('TouchTrain:BadOption', sprintf( ...
        ['trainingParameters.Check: no dataset would be written. Call touchtrain.%s(..., ''Check'', true) ' ...
        'instead.'], plan.command));
end
faults.check(@() touchtrain.internal.python.askPython('check_options', plan.command, ...
    touchtrain.internal.options.optionsJson(options)));
plan.convertOptions = options;
end

function source = selectedSource(plan, faults)
% Name of the source that labelOptionSelect selects by name or by 1-based index; '' if it is invalid.
source = '';
choice = plan.labelOptionSelect;
if ~touchtrain.internal.values.isNames(plan.labelOptions)
    faults.add('TouchTrain:BadOption', 'labelOptions must be a cell array of names.');
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
if strcmp(source, 'directoryClasses') && touchtrain.internal.values.isBlank(plan.classNames)
    option = {};
end
end

function options = conversionOptions(command, source, further, faults)
% Options in FURTHER that belong to the conversion. Options of other conversions are errors.
known = touchtrain.options();
options = {};
for k = 1:2:numel(further)
    owners = {known(strcmp({known.name}, further{k})).command};
    if any(strcmp(owners, command))
        options = [options, further(k:k + 1)]; %#ok<AGROW>
    elseif ~any(strcmp(owners, 'train'))
        faults.add('TouchTrain:UnknownOption', sprintf( ...
            ['trainingParameters.%s is an option of touchtrain.%s, but labelOptionSelect = ''%s'' calls ' ...
            'touchtrain.%s. Remove it.'], further{k}, strjoin(owners, ' and touchtrain.'), source, command));
    end
end
end

function plan = checkVideos(plan, options, faults)
plan.dataPath = touchtrain.internal.script.existingVideos(plan.dataPath, faults, ...
    ' To train on frames and labels in the workspace, set labelOptionSelect = ''arrays''.');
if touchtrain.internal.values.isBlank(plan.labelPath)
    faults.add('TouchTrain:PathMissing', ...
        ['labelPath is empty. Set it to the label file, such as a .mat file with a cell array of one vector per ' ...
        'video.']);
else
    plan.labelPath = touchtrain.internal.script.existingPath(plan.labelPath, 'labelPath', 'file', faults);
end
centers = touchtrain.internal.options.optionValue(options, 'Centers', []);
if ischar(centers)
    touchtrain.internal.script.existingPath(centers, 'centers', 'file', faults);
end
end

function path = checkFolder(path, what, faults)
if touchtrain.internal.values.isBlank(path)
    faults.add('TouchTrain:PathMissing', sprintf('dataPath is empty. Set it to %s.', what));
else
    path = touchtrain.internal.script.existingPath(path, 'dataPath', 'folder', faults);
end
end

function checkClassFolders(plan, faults)
% Check that each class has a subfolder of its name; the conversion checks the other subfolders, since it knows which
% ones the system made. With classNames = {}, any names are valid.
if touchtrain.internal.values.isBlank(plan.classNames) || ~touchtrain.internal.values.isNames(plan.classNames) || ...
        ~touchtrain.internal.values.isText(plan.dataPath) || ~isfolder(char(plan.dataPath))
    return
end
found = dir(char(plan.dataPath));
folders = {found([found.isdir]).name};
folders = folders(~strncmp(folders, '.', 1));
wanted = touchtrain.internal.values.toNames(plan.classNames);
if ~all(ismember(wanted, folders))
    faults.add('TouchTrain:BadOption', sprintf( ...
        ['classNames are %s, but the subfolders of %s are %s. Set classNames = {} to use the subfolder names, ' ...
        'or make the names match.'], strjoin(wanted, ', '), plan.dataPath, strjoin(folders, ', ')));
end
end

function checkArrays(plan, faults)
if ~isfield(plan, 'frames') || ~isfield(plan, 'labels')
    faults.add('TouchTrain:BadFrames', ...
        ['The workspace has no variables frames and labels. Create frames (HxWxN, or a cell array with one array ' ...
        'per recording) and labels (one value per frame) first.']);
    return
end
faults.check(@() touchtrain.internal.data.frameCell(plan.frames));
n = 1;
if iscell(plan.frames)
    n = numel(plan.frames);
end
faults.check(@() touchtrain.internal.data.labelsForPython(plan.labels, n));
end
