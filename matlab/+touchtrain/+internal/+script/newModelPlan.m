function plan = newModelPlan(parameters, overrides)
% NEWMODELPLAN  Check the parameters of train_new_model and return its plan. All errors are raised together.
%
%   PLAN = NEWMODELPLAN(PARAMETERS, OVERRIDES): PARAMETERS is a struct with the values at the top of the script, plus
%   frames and labels if they are in the workspace. OVERRIDES is the struct trainingParameters: its fields override
%   these values, or are options of the conversion and of touchtrain.train. PLAN has the parameters and also command
%   (the conversion), dataset, datasetJob, uploadJob, model, job (paths), convertOptions, trainOptions (rows of names
%   and values), isVerbose.
faults = touchtrain.internal.values.Faults();
[plan, further] = withOverrides(parameters, overrides, faults);
switches = {'CREATE_NUMPY', 'UPLOAD', 'TRAIN', 'DOWNLOAD_MODEL', 'CLEAR_DIRECTORIES', 'trainOnCloud'};
for k = 1:numel(switches)
    plan.(switches{k}) = touchtrain.internal.script.logicalSwitch(plan.(switches{k}), switches{k}, faults);
end
texts = {'processDirectory', 'modelName', 'jobName'};
for k = 1:numel(texts)
    plan.(texts{k}) = nonemptyText(plan.(texts{k}), texts{k}, faults);
end
if plan.trainOnCloud
    checkCloud(plan.cloudSettings, faults);
end
verbose = touchtrain.internal.options.optionValue(plan.trainOptions, 'Verbose', true);
plan.isVerbose = ~isequal(verbose, false);
if isempty(regexp(plan.jobName, '^[\w .-]*$', 'once'))
    faults.add('TouchTrain:BadOption', ...
        'jobName is the name of a folder. It can contain only letters, digits, _, -, . and spaces.');
end
plan.processDirectory = touchtrain.internal.values.absolutePath(plan.processDirectory, 'processDirectory');
plan.dataset = fullfile(plan.processDirectory, 'dataset');
plan.datasetJob = newFolder(fullfile(plan.processDirectory, 'jobs', [plan.jobName '-dataset']));
plan.uploadJob = newFolder(fullfile(plan.processDirectory, 'jobs', [plan.jobName '-upload']));
plan.job = newFolder(fullfile(plan.processDirectory, 'jobs', plan.jobName));
plan.model = modelPath(plan.modelName, plan.processDirectory);
plan = touchtrain.internal.script.conversionPlan(plan, further, faults);
if plan.TRAIN
    checkTraining(plan, faults);
end
if ~plan.CREATE_NUMPY && (plan.TRAIN || plan.UPLOAD && plan.trainOnCloud)
    faults.check(@() checkDataset(plan, further));
end
made = touchtrain.internal.script.MadeFolders(plan.processDirectory);
if plan.DOWNLOAD_MODEL && ~plan.TRAIN && isempty(made.lastJob())
    faults.add('TouchTrain:BadJob', sprintf( ...
        'DOWNLOAD_MODEL is 1, but no training was started in %s. Set TRAIN = 1.', plan.processDirectory));
end
faults.raise();
end

function [plan, further] = withOverrides(plan, overrides, faults)
% Sort the fields of OVERRIDES: parameters go to PLAN, training options to PLAN.trainOptions, and conversion options to
% FURTHER, a row of names and values.
plan.trainOptions = {};
plan.setsClassNames = false;
further = {};
if ~isstruct(overrides) || numel(overrides) ~= 1
    faults.add('TouchTrain:BadOption', sprintf( ...
        'trainingParameters must be a scalar struct with one field per parameter. It is a %s.', class(overrides)));
    return
end
known = touchtrain.options();
known = known(~ismember({known.command}, {'tune', 'previewAugmentation'}));
ofTraining = strcmp({known.command}, 'train');
% roi and centers are also conversion options, and are treated as such here.
parameters = setdiff(fieldnames(plan), {'frames', 'labels', 'trainOptions', 'setsClassNames', 'roi', 'centers'})';
names = fieldnames(overrides);
for k = 1:numel(names)
    name = names{k};
    value = overrides.(name);
    if ~any(strcmp(parameters, name)) && ~any(strcmpi({known.name}, name))
        name = touchtrain.internal.options.inFull(name, [parameters, {known.name}]);
    end
    isIt = strcmpi({known.name}, name);
    if strcmp(name, 'cloudSettings') && isstruct(value) && isstruct(plan.cloudSettings)
        plan.cloudSettings = withFields(plan.cloudSettings, value);
    elseif strcmpi(name, 'ClassNames')
        plan.classNames = value;
        plan.setsClassNames = true;
    elseif any(strcmp(parameters, name))
        plan.(name) = value;
    elseif strcmpi(name, 'JobFolder')
        faults.add('TouchTrain:BadOption', ...
            'trainingParameters.JobFolder: this script uses the folder processDirectory/jobs/jobName. Set jobName.');
    elseif ~any(isIt)
        faults.add('TouchTrain:UnknownOption', ['trainingParameters: ' ...
            touchtrain.internal.options.unknownName('parameter', names{k}, unique([parameters, {known.name}]))]);
    else
        if any(isIt & ofTraining)
            plan.trainOptions = [plan.trainOptions, {known(find(isIt, 1)).name, value}];
        end
        if any(isIt & ~ofTraining)
            further = [further, {known(find(isIt, 1)).name, value}]; %#ok<AGROW>
        end
    end
end
end

function settings = withFields(settings, others)
% Replace the fields of SETTINGS by those of OTHERS, ignoring case.
names = fieldnames(others);
for k = 1:numel(names)
    known = fieldnames(settings);
    settings = rmfield(settings, known(strcmpi(known, names{k})));
    settings.(names{k}) = others.(names{k});
end
end

function checkCloud(settings, faults)
if ~isstruct(settings) || numel(settings) ~= 1
    faults.add('TouchTrain:BadOption', ...
        'cloudSettings must be a struct with one field per setting; see touchtrain.trainOnCloud.');
    return
end
given = touchtrain.internal.options.nameValues( ...
    touchtrain.internal.options.cloudArguments({settings}), 'trainOnCloud');
needed = {'projectID', 'mainBucket'};
for k = 1:numel(needed)
    if touchtrain.internal.values.isBlank(touchtrain.internal.options.optionValue(given, needed{k}, ''))
        faults.add('TouchTrain:BadOption', sprintf('cloudSettings.%s is required; see touchtrain.trainOnCloud.', ...
            needed{k}));
    end
end
if isequal(touchtrain.internal.options.optionValue(given, 'DryRun', false), true)
    faults.add('TouchTrain:BadOption', ['cloudSettings.dryRun: no training would start. ' ...
        'Call touchtrain.trainOnCloud(..., ''DryRun'', true) instead.']);
end
faults.check(@() touchtrain.internal.python.askPython('check_options', 'trainOnCloud', ...
    touchtrain.internal.options.optionsJson(given)));
end

function value = nonemptyText(value, name, faults)
if touchtrain.internal.values.isText(value) && ~isempty(strtrim(char(value)))
    value = strtrim(char(value));
else
    faults.add('TouchTrain:BadOption', [name ' must be nonempty text.']);
    value = name;
end
end

function folder = newFolder(wanted)
% Name of a new folder: WANTED, or WANTED with a number appended if it exists.
folder = wanted;
number = 2;
while isfolder(folder)
    folder = sprintf('%s-%d', wanted, number);
    number = number + 1;
end
end

function path = modelPath(name, folder)
[inFolder, stem, suffix] = fileparts(name);
if ~strcmpi(suffix, '.h5')
    stem = [stem suffix];
    suffix = '.h5';
end
if isempty(inFolder)
    path = fullfile(folder, [stem suffix]);
else
    path = touchtrain.internal.values.absolutePath(fullfile(inFolder, [stem suffix]), 'modelName');
end
end

function checkDataset(plan, further)
% Check the dataset of an earlier run, and compare it with the conversion options that the user has set.
given = further;
if ~isequal(plan.roi, 61)
    given = [{'Roi', plan.roi}, given];
end
if ~touchtrain.internal.values.isBlank(plan.centers)
    given = [{'Centers', plan.centers}, given];
end
if plan.setsClassNames || ~isequal(plan.classNames, {'NonTouch', 'Touch'})
    given = [{'ClassNames', plan.classNames}, given];
end
given = touchtrain.internal.options.centersOption(given);
try
    answer = touchtrain.internal.python.askPython('check_dataset', plan.dataset, ...
        touchtrain.internal.options.optionsJson(given));
catch err
    if strcmp(err.identifier, 'TouchTrain:BadOption')
        touchtrain.internal.python.raiseError(err.identifier, [err.message ...
            ' Set CREATE_NUMPY = 1 to convert again; or, to use the dataset as it is, set what it was made with.']);
    end
    rethrow(err);
end
if ~isequal(plan.labelOptionSelect, 'labelsInFile') && ~isempty(plan.command) && ~isempty(answer.command) && ...
        ~strcmp(answer.command, plan.command)
    touchtrain.internal.values.fail('TouchTrain:BadOption', ...
        ['labelOptionSelect calls touchtrain.%s, but the dataset %s was made with ' ...
        'touchtrain.%s. Set CREATE_NUMPY = 1 to convert again.'], plan.command, plan.dataset, answer.command);
end
if ~isempty(answer.unknown)
    touchtrain.internal.values.show(['warning: %s was made by an earlier version, which did not record %s. If you ' ...
        'have changed that since, set CREATE_NUMPY = 1.\n'], plan.dataset, strjoin(answer.unknown, ', '));
end
end

function checkTraining(plan, faults)
faults.check(@() touchtrain.internal.python.askPython('check_options', 'train', ...
    touchtrain.internal.options.optionsJson(plan.trainOptions)));
folder = fileparts(plan.model);
if ~strcmp(folder, plan.processDirectory) && ~isfolder(folder)
    faults.add('TouchTrain:PathMissing', sprintf('modelName: the folder %s does not exist. Create it first.', folder));
end
end
