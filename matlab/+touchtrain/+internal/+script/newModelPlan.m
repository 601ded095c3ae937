function plan = newModelPlan(parameters, overrides)
% NEWMODELPLAN  What train_new_model is to do, checked: all that is wrong with its parameters is told at once.
%
%   PLAN = NEWMODELPLAN(PARAMETERS, OVERRIDES): PARAMETERS is a struct with the values on top of the script, and with
%   frames and labels where the workspace has them; OVERRIDES the struct trainingParameters, whose fields are further
%   values of the same names, or options of the conversion and of touchtrain.train. PLAN has the parameters, and
%   besides: command (the conversion), dataset, datasetJob, uploadJob, model, job (paths), convertOptions, trainOptions
%   (rows of names and values), isVerbose.
faults = touchtrain.internal.values.Faults();
[plan, further] = overridden(parameters, overrides, faults);
switches = {'CREATE_NUMPY', 'UPLOAD', 'TRAIN', 'DOWNLOAD_MODEL', 'CLEAR_DIRECTORIES', 'trainOnCloud'};
for k = 1:numel(switches)
    plan.(switches{k}) = flag(plan.(switches{k}), switches{k}, faults);
end
texts = {'processDirectory', 'modelName', 'jobName'};
for k = 1:numel(texts)
    plan.(texts{k}) = filled(plan.(texts{k}), texts{k}, faults);
end
if plan.trainOnCloud
    checkCloud(plan.cloudSettings, faults);
end
verbose = touchtrain.internal.options.optionValue(plan.trainOptions, 'Verbose', true);
plan.isVerbose = ~isequal(verbose, false);
if isempty(regexp(plan.jobName, '^[\w .-]*$', 'once'))
    faults.add('TouchTrain:BadOption', ...
        'jobName becomes the name of a folder: letters, digits, _, -, . and blanks only.');
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
made = touchtrain.internal.script.MadeFolders(plan.processDirectory);
if plan.trainOnCloud && plan.UPLOAD && ~plan.CREATE_NUMPY && ~plan.TRAIN
    faults.check(@() touchtrain.internal.python.askPython('inspect', plan.dataset));
end
if plan.DOWNLOAD_MODEL && ~plan.TRAIN && isempty(made.lastJob())
    faults.add('TouchTrain:BadJob', sprintf( ...
        'DOWNLOAD_MODEL = 1, but no training was started in %s. Set TRAIN = 1.', plan.processDirectory));
end
faults.raise();
end

function [plan, further] = overridden(plan, overrides, faults)
% Put the fields of overrides in their places: among the parameters, among the options of the training
% (plan.trainOptions), and those of conversions into further, a row of names and values.
plan.trainOptions = {};
further = {};
if ~isstruct(overrides) || numel(overrides) ~= 1
    faults.add('TouchTrain:BadOption', sprintf( ...
        'trainingParameters must be a struct with one value a field. It is a %s.', class(overrides)));
    return
end
known = touchtrain.options();
known = known(~ismember({known.command}, {'tune', 'previewAugmentation'}));
ofTraining = strcmp({known.command}, 'train');
% roi and centers are options of a conversion too: given here, they go there.
parameters = setdiff(fieldnames(plan), {'frames', 'labels', 'trainOptions', 'roi', 'centers'})';
names = fieldnames(overrides);
for k = 1:numel(names)
    name = names{k};
    value = overrides.(name);
    isIt = strcmpi({known.name}, name);
    if strcmp(name, 'cloudSettings') && isstruct(value) && isstruct(plan.cloudSettings)
        plan.cloudSettings = withFields(plan.cloudSettings, value);
    elseif any(strcmp(parameters, name))
        plan.(name) = value;
    elseif strcmpi(name, 'ClassNames')
        plan.classNames = value;
    elseif strcmpi(name, 'JobFolder')
        faults.add('TouchTrain:BadOption', ...
            'trainingParameters.JobFolder: the folder of the job is processDirectory/jobs/jobName here. Set jobName.');
    elseif ~any(isIt)
        faults.add('TouchTrain:UnknownOption', ['trainingParameters: ' ...
            touchtrain.internal.options.unknownName('parameter', name, unique([parameters, {known.name}]))]);
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
% Put the fields of others among those of settings, in any case of their letters.
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
        'cloudSettings must be a struct with one setting a field; see touchtrain.trainOnCloud.');
    return
end
given = touchtrain.internal.options.nameValues(touchtrain.internal.options.cloudArguments({settings}));
needed = {'projectID', 'mainBucket'};
for k = 1:numel(needed)
    if isempty(touchtrain.internal.options.optionValue(given, needed{k}, ''))
        faults.add('TouchTrain:BadOption', sprintf('cloudSettings.%s must be named; see touchtrain.trainOnCloud.', ...
            needed{k}));
    end
end
if isequal(touchtrain.internal.options.optionValue(given, 'DryRun', false), true)
    faults.add('TouchTrain:BadOption', ['cloudSettings.dryRun: nothing would be trained. ' ...
        'Call touchtrain.trainOnCloud(..., ''DryRun'', true) instead.']);
end
faults.check(@() touchtrain.internal.python.askPython('check_options', 'trainOnCloud', ...
    touchtrain.internal.options.optionsJson(given)));
end

function value = flag(value, name, faults)
if (islogical(value) || isnumeric(value)) && numel(value) == 1 && any(double(value) == [0 1])
    value = logical(value);
else
    faults.add('TouchTrain:BadOption', [name ' must be 0 or 1, or true or false.']);
    value = false;
end
end

function value = filled(value, name, faults)
if touchtrain.internal.values.isText(value) && ~isempty(strtrim(char(value)))
    value = strtrim(char(value));
else
    faults.add('TouchTrain:BadOption', [name ' must be a text that is not empty.']);
    value = name;
end
end

function folder = newFolder(wanted)
% The folder that is wanted, or with a number behind it where it is there already.
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

function checkTraining(plan, faults)
faults.check(@() touchtrain.internal.python.askPython('check_options', 'train', ...
    touchtrain.internal.options.optionsJson(plan.trainOptions)));
if ~plan.CREATE_NUMPY
    faults.check(@() touchtrain.internal.python.askPython('inspect', plan.dataset));
end
folder = fileparts(plan.model);
if ~strcmp(folder, plan.processDirectory) && ~isfolder(folder)
    faults.add('TouchTrain:PathMissing', sprintf('modelName: the folder %s does not exist. Make it first.', folder));
end
end
